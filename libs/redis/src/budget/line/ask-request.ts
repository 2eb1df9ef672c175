import type { Ask, AskRequest, Observation } from '../budget-store.ts';
import type { KnownBucket } from './known-buckets.ts';
import type { Entry } from './lines.ts';

/** What Redis is asked for a batch, each bucket once, and the buckets in the order of the answer. */
export function requestOf(
  entries: readonly Entry[],
  lookedFor: Iterable<KnownBucket>,
  now: number,
): { readonly request: AskRequest; readonly buckets: readonly KnownBucket[] } {
  const numbers = new Map<KnownBucket, number>();
  const numberOf = (bucket: KnownBucket): number => {
    let number = numbers.get(bucket);
    if (number === undefined) numbers.set(bucket, (number = numbers.size));
    return number;
  };
  const asks: Ask[] = entries.map(({ queue, count }) => ({
    buckets: Array.from(queue.buckets(), numberOf),
    count,
    campaign: queue.line.priority === 'campaign',
  }));
  for (const bucket of lookedFor) asks.push({ buckets: [numberOf(bucket)], count: 0, campaign: false });
  const buckets = [...numbers.keys()];
  return { request: { buckets, observations: observationsOf(buckets, now), asks }, buckets };
}

/** What was observed is told once; should the call fail, the provider's next answer says it again. */
function observationsOf(buckets: readonly KnownBucket[], now: number): Observation[] {
  const observations: Observation[] = [];
  buckets.forEach((known, bucket) => {
    const { observed } = known;
    known.observed = undefined;
    if (!observed || observed.resetsAt <= now) return;
    observations.push({ bucket, left: observed.left, resetMs: observed.resetsAt - now, replaces: observed.replaces });
  });
  return observations;
}
