import { Watermark } from './watermark.ts';

/** Limits per topic-partition. */
export interface InputLimits {
  readonly records: number;
  readonly bytes: number;
  /** Highest offset seen minus watermark. */
  readonly distance: number;
}

/** What is known of one input topic within a partition. */
export class InputProgress {
  readonly watermark = new Watermark();
  /** Unfinished records and their bytes in memory. */
  records = 0;
  bytes = 0;
  paused = false;
  /** Last offset the broker acknowledged as committed. */
  committed: number | undefined;
  endOffset = 0;

  constructor(readonly topic: string) {}

  take(bytes: number): void {
    this.records++;
    this.bytes += bytes;
  }

  release(bytes: number): void {
    this.records--;
    this.bytes -= bytes;
  }

  /** The share of the limit that is nearest to being reached: 1 is at the limit. */
  load(limits: InputLimits): number {
    const { records, bytes, watermark } = this;
    return Math.max(records / limits.records, bytes / limits.bytes, watermark.distance / limits.distance);
  }

  get lag(): number {
    const next = this.watermark.value ?? this.committed;
    return next === undefined ? 0 : Math.max(0, this.endOffset - next);
  }

  /** Seconds since the oldest unfinished record was written; 0 when all that was seen is finished. */
  ageSeconds(now: number): number {
    const oldest = this.watermark.lowest?.writtenAt;
    return oldest === undefined ? 0 : Math.max(0, (now - oldest) / 1000);
  }
}
