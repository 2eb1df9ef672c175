import type { Cluster } from 'kafkajs';
import type { Message, Sendable } from './send-queue.ts';

/** What of a batch goes to one broker. */
export interface Share {
  readonly leader: string;
  readonly records: Sendable[];
}

/** What kafkajs makes of a produce response (version 7). An error code would have been thrown. */
export interface ProduceResponse {
  readonly topics: readonly { readonly topicName: string; readonly partitions: readonly { partition: number }[] }[];
}

/** Divides a batch by the leaders of its partitions; `homeless` are records for partitions their topic does not have. */
export function byLeader(cluster: Cluster, batch: readonly Sendable[]): { shares: Share[]; homeless: Sendable[] } {
  const leaders = new Map<string, string | undefined>();
  const shares = new Map<string, Share>();
  const homeless: Sendable[] = [];
  for (const record of batch) {
    const place = `${record.topic}/${record.partition}`;
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

interface TopicData {
  topic: string;
  partitions: { partition: number; messages: Message[] }[];
}

/** Records in the form of a produce request: by topic and partition, in their order. */
export function partitionsOf(records: readonly Sendable[]): TopicData[] {
  const topics = new Map<string, Map<number, Message[]>>();
  for (const { topic, partition, message } of records) {
    const partitions = topics.get(topic) ?? new Map<number, Message[]>();
    topics.set(topic, partitions);
    const messages = partitions.get(partition);
    if (messages) messages.push(message);
    else partitions.set(partition, [message]);
  }
  return [...topics].map(([topic, partitions]) => ({
    topic,
    partitions: [...partitions].map(([partition, messages]) => ({ partition, messages })),
  }));
}
