import type { Cluster } from 'kafkajs';
import type { Sendable } from './send-queue.ts';

/** What of a batch goes to one broker. */
export interface Share {
  readonly leader: string;
  readonly records: Sendable[];
}

/** Divides a batch by the leaders of its partitions; `homeless` are records for partitions their topic does not have. */
export function byLeader(cluster: Cluster, batch: readonly Sendable[]): { shares: Share[]; homeless: Sendable[] } {
  const leaders = new Map<string, string | undefined>();
  const shares = new Map<string, Share>();
  const homeless: Sendable[] = [];
  for (const record of batch) {
    const { place } = record;
    if (!leaders.has(place)) {
      leaders.set(place, Object.keys(cluster.findLeaderForPartitions(record.topic, [record.partition]))[0]);
    }
    const leader = leaders.get(place);
    const share = leader === undefined ? undefined : (shares.get(leader) ?? { leader, records: [] });
    if (!share) homeless.push(record);
    else shares.set(share.leader, share).get(share.leader)!.records.push(record);
  }
  return { shares: [...shares.values()], homeless };
}
