import type { Bucket } from './bucket.ts';

/** Leave to send one request. */
export interface Grant {
  /** The last moment at which the first byte may leave, milliseconds of `performance.now()`; later the grant is void. */
  readonly deadline: number;
  /**
   * To be called just before the first byte; again does nothing. A budget has only so many grants out that are neither used nor
   * expired, and fewer where they expire.
   */
  use(): void;
}

export type Priority = 'transactional' | 'campaign';

/** What one request takes: one from each of the buckets, or nothing. */
export interface Demand {
  /** Those of the same kind of request are best the same array. */
  readonly buckets: readonly Bucket[];
  readonly priority: Priority;
}

/** How a bucket does, as this process last heard of it. */
export interface BucketSnapshot {
  readonly name: string;
  /** Of its full pace, after throttling: 1/16 to 1. */
  readonly factor: number;
  /** For how long it is paused, milliseconds; 0: not. */
  readonly pausedMs: number;
  /** How many could be granted at once. */
  readonly level: number;
}

export interface BudgetSnapshot {
  readonly waiting: Readonly<Record<Priority, number>>;
  /** Pairs that wait for their own limit. */
  readonly pairsAsleep: number;
  /** Since the start: grants handed out, and grants that came too late, or for nobody. */
  readonly handedOut: number;
  readonly thrownAway: number;
  /** Since the start: grants that were handed out and not used in time. */
  readonly expired: number;
  /** Since the start, by kind of bucket: how often this process heard of being throttled. */
  readonly throttled: Readonly<Record<string, number>>;
  /** Without pairs. */
  readonly buckets: readonly BucketSnapshot[];
}
