import { headerText, type CloudEvent } from '@heliograph/contracts';
import type { Delivery } from '../delivery.ts';
import { originOf } from './dead-letters.ts';
import type { InputProgress } from './input-progress.ts';
import { writtenAt, type SourceRecord } from './record-source.ts';
import { Place } from './watermark.ts';

/** A record waiting in its lane, or in work. The handler sees it as its `Delivery`. */
export class LaneRecord implements Delivery {
  attempt = 1;
  /** Waits in a row for a dependency, for the back-off; they count against nothing. */
  waits = 0;
  /** When it first had to wait, milliseconds of Date.now(); 0 while it has not. */
  waitedSince = 0;
  /** When its handler was called last, milliseconds of performance.now(). */
  startedAt = 0;
  /** The next one in its lane. */
  next: LaneRecord | undefined = undefined;
  memo?: unknown = undefined;
  event!: CloudEvent;
  /** On the topic it is read from. */
  readonly place: Place;

  /**
   * @param source of a parked copy: the record as it was on its own topic
   * @param input where it is counted and finished: of a parked copy the parked topic
   * @param copy the place of a parked copy
   */
  constructor(
    readonly source: SourceRecord,
    private readonly work: { readonly fence: string },
    readonly input: InputProgress,
    readonly priority: number,
    private readonly copy?: Place,
  ) {
    this.place = copy ?? new Place(source.offset, this);
  }

  get isCopy(): boolean {
    return this.copy !== undefined;
  }

  get topic(): string {
    return this.source.topic;
  }
  get partition(): number {
    return this.source.partition;
  }
  get key(): string {
    return this.source.key?.toString('utf8') ?? '';
  }
  get offset(): number {
    return this.source.offset;
  }
  get origin(): string {
    return originOf(this.source);
  }
  get fence(): string {
    return this.work.fence;
  }
  get type(): string | undefined {
    return headerText(this.source, 'ce_type');
  }
  get value(): Buffer {
    return this.source.value ?? Buffer.alloc(0);
  }
  get writtenAt(): number {
    return writtenAt(this.source);
  }
}
