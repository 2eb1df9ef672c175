import type { Sendable } from './send-queue.ts';

/** Reasons that concern a topic or partition as such, not one of the records. */
const ABOUT_THE_TOPIC = new Set([
  'NO_SUCH_PARTITION',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
]);

/**
 * Divides refused records for another try: by topic, then by partition, then in halves. A single part means that it goes
 * no further: these are the records that are refused. The order within a partition stays.
 */
export function partsOf(records: readonly Sendable[], reason: string): (readonly Sendable[])[] {
  const topics = groups(records, (record) => record.topic);
  if (topics.length > 1 || ABOUT_THE_TOPIC.has(reason)) return topics;
  const partitions = groups(records, (record) => record.partition);
  if (partitions.length > 1 || records.length === 1) return partitions;
  const middle = records.length >> 1;
  return [records.slice(0, middle), records.slice(middle)];
}

function groups<K>(records: readonly Sendable[], keyOf: (record: Sendable) => K): Sendable[][] {
  const found = new Map<K, Sendable[]>();
  for (const record of records) {
    const key = keyOf(record);
    const group = found.get(key);
    if (group) group.push(record);
    else found.set(key, [record]);
  }
  return [...found.values()];
}
