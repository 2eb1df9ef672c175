// @ts-expect-error kafkajs has no types for its inside
import responseV7 from 'kafkajs/src/protocol/requests/produce/v7/response.js';
import { ByteWriter } from './byte-writer.ts';
import { writeRecordBatch } from './record-batch.ts';
import type { Sendable } from './send-queue.ts';

/** What kafkajs makes of a produce response (version 7). An error code would have been thrown. */
export interface ProduceResponse {
  readonly topics: readonly { readonly topicName: string; readonly partitions: readonly { partition: number }[] }[];
}

/** What the connection pool of a kafkajs broker sends; the requests of kafkajs itself have this form. */
export interface Protocol {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer; readonly size: () => number }>;
  };
  readonly response: unknown;
}

/** All in-sync replicas. */
const ALL = -1;
export const PRODUCE = 0;
/** Since Kafka 2.1, and still taken by 4.x. */
export const PRODUCE_VERSION = 7;
const REQUEST_OVERHEAD = 64;
const TOPIC_OVERHEAD = 16;

/**
 * A produce request for records that all have the same leader, acknowledged by all in-sync replicas. The bytes are those that
 * kafkajs would send. It encodes every header of every record into a buffer of its own, which costs a service about as much as
 * all the rest of a publish; so they are written here, into one.
 */
export function produceRequest(records: readonly Sendable[], timeoutMs: number): Protocol {
  const encode = async () => {
    const buffer = encodeProduce(records, timeoutMs, Date.now());
    return { buf: buffer, buffer, size: () => buffer.length };
  };
  return {
    request: { apiKey: PRODUCE, apiVersion: PRODUCE_VERSION, apiName: 'Produce', encode },
    response: responseV7,
  };
}

/** The body of a produce request of version 7. @param now milliseconds, the records' time */
export function encodeProduce(records: readonly Sendable[], timeoutMs: number, now: number): Buffer {
  const topics = byTopicAndPartition(records);
  let capacity = REQUEST_OVERHEAD;
  for (const { bytes } of records) capacity += bytes;
  for (const topic of topics.keys()) capacity += TOPIC_OVERHEAD + 3 * topic.length;
  const writer = new ByteWriter(capacity);
  writer.int16(-1); // no transactional id
  writer.int16(ALL);
  writer.int32(timeoutMs);
  writer.int32(topics.size);
  for (const [topic, partitions] of topics) {
    writer.string(topic);
    writer.int32(partitions.size);
    for (const [partition, ofPartition] of partitions) {
      writer.int32(partition);
      const sizeAt = writer.at;
      writer.at += 4;
      const messages = ofPartition.map(({ message }) => message);
      writeRecordBatch(writer, messages, now);
      writer.buffer.writeInt32BE(writer.at - sizeAt - 4, sizeAt);
    }
  }
  return writer.buffer.subarray(0, writer.at);
}

/** Both in the order in which they come first, the records of a partition in their order. */
function byTopicAndPartition(records: readonly Sendable[]): Map<string, Map<number, Sendable[]>> {
  const topics = new Map<string, Map<number, Sendable[]>>();
  for (const record of records) {
    let partitions = topics.get(record.topic);
    if (!partitions) topics.set(record.topic, (partitions = new Map<number, Sendable[]>()));
    const ofPartition = partitions.get(record.partition);
    if (ofPartition) ofPartition.push(record);
    else partitions.set(record.partition, [record]);
  }
  return topics;
}
