import type { TopicDefinition } from '@heliograph/contracts';
import { readPartition } from '@heliograph/kafka';
import { redisContents } from '@heliograph/testing';
import { PARTITION, type SessionBench } from './session-bench.ts';

/** Every key of the bench's Redis with all that it holds, each as one text. */
export const wholeRedis = ({ redis, namespace }: SessionBench): Promise<string[]> =>
  redisContents(redis.client, namespace);

/** What stays of topics when everything older is compacted away: the newest record of each key. */
export async function newestOf({ kafka }: SessionBench, topics: readonly TopicDefinition[]): Promise<string[]> {
  const newest = new Map<string, string>();
  for (const topic of topics) {
    await readPartition(kafka, topic, PARTITION, {
      visit: ({ key, value }) => {
        const name = `${topic.name} ${key?.toString() ?? ''}`;
        if (value === null) newest.delete(name);
        else newest.set(name, `${name} ${value.toString()}`);
      },
    });
  }
  return [...newest.values()];
}
