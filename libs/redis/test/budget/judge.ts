import type { Bucket } from '../../src/index.ts';

/** When the request of a grant can arrive, milliseconds. */
export interface Usable {
  readonly from: number;
  readonly to: number;
}

/** The most that can arrive in one window of the period when every request may take any moment while its grant is usable. */
export function mostInAnyWindow(grants: readonly Usable[], periodMs: number): number {
  const byTo = [...grants].sort((a, b) => a.to - b.to);
  const froms = grants.map(({ from }) => from).sort((a, b) => a - b);
  let most = 0;
  let started = 0;
  // A window that holds the most can begin at the end of some grant: it misses those that end before it, or start after it.
  byTo.forEach(({ to }, endedBefore) => {
    while (started < froms.length && froms[started]! <= to + periodMs) started++;
    most = Math.max(most, started - endedBefore);
  });
  return most;
}

/**
 * What is wrong with the possible arrivals in a bucket; undefined when nothing is. Of a limit: more than it in a period. Of a
 * pair: more than what may be borrowed and one per interval, in the window of any length between two ends.
 */
export function excess(bucket: Bucket, grants: readonly Usable[]): string | undefined {
  const { name, limit, periodMs, borrow } = bucket;
  if (borrow === undefined) {
    const most = mostInAnyWindow(grants, periodMs);
    return most > limit ? `${name}: ${most} in ${periodMs} ms, where ${limit} are allowed` : undefined;
  }
  const everyMs = periodMs / limit;
  const lengths = new Set<number>();
  for (let paid = 0; paid <= grants.length - borrow; paid++) lengths.add(paid * everyMs);
  for (const length of lengths) {
    // Just below the length at which one more is paid back.
    const most = mostInAnyWindow(grants, Math.max(0, length - 0.001));
    const allowed = borrow + Math.max(0, Math.ceil(length / everyMs) - 1);
    if (most > allowed) return `${name}: ${most} in ${length} ms, where ${allowed} are allowed`;
  }
  return undefined;
}
