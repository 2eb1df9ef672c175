import { bucketsOf, type Bucket } from '../limits/buckets.ts';
import type { LimitSettings } from '../settings/limit-settings.ts';
import type { RequestRecord } from './request-log.ts';
import { maxInWindow } from './windows.ts';

/** What arrived in one bucket. */
export interface BucketSummary {
  arrivals: number;
  /** Absent: no limit. */
  limit?: { requests: number; periodMs: number };
  /** Most arrivals of whatever outcome in any window of the limit's period. */
  maxInWindow?: number;
}

/** What arrived for pairs of number and customer, in one line, because there are many. */
export interface PairSummary {
  pairs: number;
  borrow: number;
  /** The most that any pair owed: see `mostOwed`. */
  mostOwed: number;
}

export interface BucketSummaries {
  buckets: Record<string, BucketSummary>;
  /** Absent: no limit. */
  pairs?: PairSummary;
}

/** Counts anew from the arrivals alone: nothing of what the limiter remembers goes in. */
export function summariseBuckets(records: readonly RequestRecord[], limits: LimitSettings): BucketSummaries {
  const arrivals = new Map<string, { bucket: Bucket; at: number[] }>();
  for (const record of records) {
    for (const bucket of bucketsOf(record)) {
      const known = arrivals.get(bucket.name);
      if (known) known.at.push(record.at);
      else arrivals.set(bucket.name, { bucket, at: [record.at] });
    }
  }
  const buckets: Record<string, BucketSummary> = {};
  const pairs: number[][] = [];
  for (const [name, { bucket, at }] of arrivals) {
    if (bucket.limit === 'pair') pairs.push(at);
    else buckets[name] = windowOf(at, limits[bucket.limit]);
  }
  const { pair } = limits;
  if (pair === null) return { buckets };
  const owed = pairs.map((at) => mostOwed(at, pair.everyMs));
  return { buckets, pairs: { pairs: pairs.length, borrow: pair.borrow, mostOwed: Math.max(0, ...owed) } };
}

function windowOf(at: number[], limit: { requests: number; periodMs: number } | null): BucketSummary {
  if (limit === null) return { arrivals: at.length };
  return { arrivals: at.length, limit, maxInWindow: maxInWindow(at, limit.periodMs) };
}

/**
 * The most messages in any stretch of time beyond the one per `everyMs` that it allows; `arrivals` ascending. It is at most
 * `borrow` where the rule was kept.
 */
export function mostOwed(arrivals: readonly number[], everyMs: number): number {
  let most = 0;
  let owed = 0;
  arrivals.forEach((at, index) => {
    const since = index === 0 ? 0 : at - (arrivals[index - 1] as number);
    owed = Math.max(0, owed - since / everyMs) + 1;
    most = Math.max(most, owed);
  });
  return most;
}
