import type { Sendable } from './send-queue.ts';

/** What of a batch goes to one broker. */
export interface Share<Leader> {
  readonly leader: Leader;
  readonly records: Sendable[];
}

/** Divides a batch by the leaders of its partitions; `homeless` are records of partitions for which there is none. */
export function byLeader<Leader>(
  batch: readonly Sendable[],
  leaderOf: (topic: string, partition: number) => Leader | undefined,
): { shares: Share<Leader>[]; homeless: Sendable[] } {
  const leaders = new Map<string, Leader | undefined>();
  const shares = new Map<Leader, Share<Leader>>();
  const homeless: Sendable[] = [];
  for (const record of batch) {
    const { place } = record;
    if (!leaders.has(place)) leaders.set(place, leaderOf(record.topic, record.partition));
    const leader = leaders.get(place);
    if (leader === undefined) {
      homeless.push(record);
      continue;
    }
    const share = shares.get(leader);
    if (share) share.records.push(record);
    else shares.set(leader, { leader, records: [record] });
  }
  return { shares: [...shares.values()], homeless };
}
