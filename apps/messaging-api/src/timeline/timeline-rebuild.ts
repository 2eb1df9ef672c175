import { decodeEvent, headerText, TOPICS, type TimelineEntry } from '@heliograph/contracts';
import { readPartition, type Kafka } from '@heliograph/kafka';
import type { Log } from '@heliograph/runtime';
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
  let failure: Error | undefined;
  const settle = async (): Promise<void> => {
    await Promise.all(pending);
    if (failure !== undefined) throw failure;
    metrics.indexed.inc({ source: 'rebuild' }, pending.length);
    pending = [];
  };
  const restore = (entry: TimelineEntry): Promise<void> =>
    timelines.restore(partition, entry).catch((error: Error) => void (failure ??= error));
  await eraseFirst(kafka, timelines, partition);
  await readPartition(kafka, TOPIC, partition, {
    visit: (record) => {
      const decoded = decodeEvent(TOPIC.name, record);
      if (decoded.ok) pending.push(restore(decoded.event.data as TimelineEntry));
      return pending.length >= IN_FLIGHT ? settle() : undefined;
    },
  });
  await settle();
}

/** What was erased is still on the timeline for a while: the snapshots say of which conversations, and up to where. */
async function eraseFirst(kafka: Kafka, timelines: TimelineStore, partition: number): Promise<void> {
  await readPartition(kafka, TOPICS.conversationSession, partition, {
    visit: (record) => {
      const through = headerText(record, 'ce_erasedthrough');
      if (through === undefined || record.key === null) return undefined;
      return timelines.eraseBefore(partition, record.key.toString('utf8'), Number(through));
    },
  });
}

/**
 * Rebuilds every partition, for conversations in which nothing happens any more: a partition whose fence was lost is
 * otherwise rebuilt with its next entry. Every replica does so; they write the same. Never rejects.
 */
export async function rebuildAllTimelines(kafka: Kafka, timelines: TimelineStore, log: Log): Promise<void> {
  for (let partition = 0; partition < kafka.partitionsOf(TOPIC); partition++) {
    try {
      await rebuildTimelines(kafka, timelines, partition);
    } catch (err) {
      log.warn({ partition, err }, 'timelines not rebuilt, their next entry will');
    }
  }
}
