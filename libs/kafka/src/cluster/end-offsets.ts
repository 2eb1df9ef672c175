import type { TopicDefinition } from '@heliograph/contracts';
import { withAdmin } from './admin.ts';
import type { Kafka } from './kafka.ts';

/**
 * Where the partitions of topics end, by logical topic name.
 *
 * @throws Unavailable when Kafka cannot be reached
 */
export async function endOffsets(
  kafka: Kafka,
  topics: readonly TopicDefinition[],
): Promise<{ topic: string; partition: number; end: number }[]> {
  return withAdmin(kafka, async (admin) => {
    const found = topics.map(async ({ name }) => {
      const offsets = await admin.fetchTopicOffsets(kafka.physical(name));
      return offsets.map(({ partition, high }) => ({ topic: name, partition, end: Number(high) }));
    });
    return (await Promise.all(found)).flat();
  });
}
