import { withAdmin } from './topic-reader.ts';

/**
 * How many records of a topic a consumer group has not committed, as the broker tells it. A partition without a commit counts
 * from its beginning.
 */
export async function recordsBehind(brokers: string[], group: string, topic: string): Promise<number> {
  return withAdmin(brokers, async (admin) => {
    const ends = await admin.fetchTopicOffsets(topic);
    const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const offsets = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    return ends.reduce((sum, { partition, high, low }) => {
      const offset = offsets.get(partition) ?? -1;
      return sum + Number(high) - (offset < 0 ? Number(low) : offset);
    }, 0);
  });
}

/** The node that leads each partition of a topic, as the brokers tell it. */
export async function leadersOf(brokers: string[], topic: string): Promise<number[]> {
  return withAdmin(brokers, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return (topics[0]?.partitions ?? []).map(({ leader }) => leader);
  });
}

/** Names of the topics that begin with a namespace. */
export async function topicsOf(brokers: string[], namespace: string): Promise<string[]> {
  return withAdmin(brokers, async (admin) => (await admin.listTopics()).filter((topic) => topic.startsWith(namespace)));
}
