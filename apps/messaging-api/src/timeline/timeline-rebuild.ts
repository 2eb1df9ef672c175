import { decodeEvent, TOPICS, type TimelineEntry } from '@heliograph/contracts';
import { readPartition, type Kafka } from '@heliograph/kafka';
import { metrics } from '../metrics.ts';
import type { TimelineStore } from './timeline.store.ts';

const TOPIC = TOPICS.conversationTimeline;
/** Writes on their way to Redis at once. */
const IN_FLIGHT = 256;

/**
 * Brings a partition's timeline index back from the topic, after Redis was lost and at the very first start. Records that
 * cannot be read are passed over: the consumer has dead-lettered them, or will.
 *
 * @throws Unavailable
 */
export async function rebuildTimelines(kafka: Kafka, timelines: TimelineStore, partition: number): Promise<void> {
  let pending: Promise<void>[] = [];
  let failure: unknown;
  const settle = async (): Promise<void> => {
    await Promise.all(pending);
    if (failure !== undefined) throw failure;
    metrics.indexed.inc({ source: 'rebuild' }, pending.length);
    pending = [];
  };
  const restore = (entry: TimelineEntry): Promise<void> =>
    timelines.restore(partition, entry).catch((error: unknown) => void (failure ??= error));
  await readPartition(kafka, TOPIC, partition, {
    visit: (record) => {
      const decoded = decodeEvent(TOPIC.name, record);
      if (decoded.ok) pending.push(restore(decoded.event.data as TimelineEntry));
      return pending.length >= IN_FLIGHT ? settle() : undefined;
    },
  });
  await settle();
}
