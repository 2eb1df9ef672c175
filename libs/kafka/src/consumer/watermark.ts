/** One offset that was seen, in the order of the partition. */
export interface Tracked {
  readonly offset: number;
  finished: boolean;
}

/**
 * Tracks what of one topic-partition is finished. The watermark is the lowest unfinished offset, or the highest one seen
 * plus one: the only thing that is ever committed. Gaps (compaction, transaction markers) need no care, because only
 * offsets that were seen are waited for.
 */
export class Watermark {
  private entries: Tracked[] = [];
  private head = 0;
  private highest = -1;

  /** @returns false when the offset was seen before (a fetch repeated after a rebalance) */
  see(entry: Tracked): boolean {
    if (entry.offset <= this.highest) return false;
    this.highest = entry.offset;
    this.entries.push(entry);
    return true;
  }

  /** The next offset to commit; undefined before anything was seen. */
  get value(): number | undefined {
    this.advance();
    const lowest = this.entries[this.head];
    if (lowest) return lowest.offset;
    return this.highest < 0 ? undefined : this.highest + 1;
  }

  /** Highest seen minus watermark: how far the fetch position ran ahead. */
  get distance(): number {
    const value = this.value;
    return value === undefined ? 0 : this.highest + 1 - value;
  }

  private advance(): void {
    while (this.head < this.entries.length && this.entries[this.head]!.finished) this.head++;
    if (this.head > 1024 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
  }
}
