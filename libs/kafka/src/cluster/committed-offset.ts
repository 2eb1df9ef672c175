import type { TopicDefinition } from '@heliograph/contracts';
import { withAdmin } from './admin.ts';
import type { Kafka } from './kafka.ts';

/**
 * The next offset a group will read of a partition.
 *
 * @returns undefined when the group never committed there
 * @throws Unavailable when Kafka cannot be reached
 */
export async function committedOffset(
  kafka: Kafka,
  group: string,
  topic: TopicDefinition,
  partition: number,
): Promise<number | undefined> {
  const physical = kafka.physical(topic.name);
  const topics = await withAdmin(kafka, (admin) =>
    admin.fetchOffsets({ groupId: kafka.physicalGroup(group), topics: [physical] }),
  );
  const found = topics[0]?.partitions.find((entry) => entry.partition === partition);
  // The broker answers -1 for "none".
  return found === undefined || Number(found.offset) < 0 ? undefined : Number(found.offset);
}

/**
 * Below which offset everything of each partition has ended for a group: committed, or not on the topic any more.
 *
 * @throws Unavailable when Kafka cannot be reached
 */
export async function groupStarts(
  kafka: Kafka,
  group: string,
  topic: TopicDefinition,
): Promise<ReadonlyMap<number, number>> {
  const physical = kafka.physical(topic.name);
  return withAdmin(kafka, async (admin) => {
    const [offsets, topics] = await Promise.all([
      admin.fetchTopicOffsets(physical),
      admin.fetchOffsets({ groupId: kafka.physicalGroup(group), topics: [physical] }),
    ]);
    const starts = new Map(offsets.map(({ partition, low }) => [partition, Number(low)]));
    for (const { partition, offset } of topics[0]?.partitions ?? []) {
      starts.set(partition, Math.max(starts.get(partition) ?? 0, Number(offset)));
    }
    return starts;
  });
}
