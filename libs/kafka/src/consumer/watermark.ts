import type { SourceRecord } from './record-source.ts';

interface WrittenRecord {
  readonly writtenAt: number;
  readonly key?: string;
  readonly source?: SourceRecord;
}

/** One offset that was seen, in the order of the partition. */
export class Place {
  finished = false;

  /**
   * @param written when its record was written, milliseconds since the epoch, or who knows. Let go of when it is finished:
   *   one unfinished record must not keep all the finished ones behind it in memory.
   */
  constructor(
    readonly offset: number,
    private written: number | WrittenRecord | undefined,
  ) {}

  /** Its record; undefined when that is not known, or not any more. */
  get record(): SourceRecord | undefined {
    return typeof this.written === 'object' ? this.written.source : undefined;
  }

  /** Key of its record; undefined when that is not known, or not any more. */
  get key(): string | undefined {
    return typeof this.written === 'object' ? this.written.key : undefined;
  }

  get writtenAt(): number | undefined {
    return typeof this.written === 'object' ? this.written.writtenAt : this.written;
  }

  finish(): void {
    this.finished = true;
    this.written = undefined;
  }
}

/**
 * Tracks what of one topic-partition is finished. The watermark is the lowest unfinished offset, or the highest one seen
 * plus one: the only thing that is ever committed. Gaps (compaction, transaction markers) need no care, because only
 * offsets that were seen are waited for.
 */
export class Watermark {
  private entries: Place[] = [];
  private head = 0;
  private highest = -1;

  /** @returns false when the offset was seen before (a fetch repeated after a rebalance) */
  see(entry: Place): boolean {
    if (entry.offset <= this.highest) return false;
    this.highest = entry.offset;
    this.entries.push(entry);
    return true;
  }

  /** What is below `next` and was not seen is no record: transaction markers, what compaction took away. */
  pass(next: number): void {
    this.highest = Math.max(this.highest, next - 1);
  }

  /** The lowest unfinished one whose record concerns somebody; undefined when none does. */
  lowestOf(concerns: (place: Place) => boolean): Place | undefined {
    this.advance();
    for (let at = this.head; at < this.entries.length; at++) {
      const place = this.entries[at]!;
      if (!place.finished && concerns(place)) return place;
    }
    return undefined;
  }

  /** The lowest unfinished one; undefined when all are finished. */
  get lowest(): Place | undefined {
    this.advance();
    return this.entries[this.head];
  }

  /** Behind the highest one seen; 0 before anything was. */
  get end(): number {
    return this.highest + 1;
  }

  /** The next offset to commit; undefined before anything was seen. */
  get value(): number | undefined {
    return this.lowest?.offset ?? (this.highest < 0 ? undefined : this.end);
  }

  /** Highest seen minus watermark: how far the fetch position ran ahead. */
  get distance(): number {
    const value = this.value;
    return value === undefined ? 0 : this.end - value;
  }

  private advance(): void {
    while (this.head < this.entries.length && this.entries[this.head]!.finished) this.head++;
    if (this.head > 1024 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
  }
}
