import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import { probeClient } from './brokers/kafka-ready.ts';
import { waitFor } from './wait-for.ts';

/** A record as it lies on a topic, header values as text. Read by this library itself, without the code under test. */
export interface ReadRecord {
  readonly partition: number;
  readonly offset: bigint;
  /** When it was written, as its producer or the broker says. */
  readonly timestampMs: number;
  readonly key: string | undefined;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The value as JSON; undefined when it is none. */
  readonly json: unknown;
}

/** A reader that goes on until it is closed. */
export interface Following {
  close(): Promise<void>;
}

export interface FollowOptions {
  brokers: string[];
  topic: string;
  /** A new name reads from the beginning, a known one goes on where it stopped. */
  group: string;
  onRecord: (record: ReadRecord) => void | Promise<void>;
}

/** A broker that restarts is missed and found again within a second. */
const PATIENT = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 };

/** Reads a topic in a consumer group of its own, record by record, as any other team would. Resolves once it reads. */
export async function followTopic({ brokers, topic, group, onRecord }: FollowOptions): Promise<Following> {
  const kafka = new Kafka({ clientId: group, brokers, logLevel: logLevel.NOTHING, retry: PATIENT });
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 200, retry: PATIENT });
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => onRecord(toRecord(partition, message)),
  });
  await joined;
  return { close: () => consumer.disconnect() };
}

/**
 * Everything that is on a topic now, by partition and offset: up to the end offsets at the moment of the call.
 *
 * @throws Error when the topic does not exist or is not read to its end within 30 s
 */
export async function readAll(brokers: string[], topic: string): Promise<ReadRecord[]> {
  const ends = await endOffsets(brokers, topic);
  const missing = new Map(ends);
  if (missing.size === 0) return [];
  const records: ReadRecord[] = [];
  const group = `read-all-${crypto.randomUUID()}`;
  const reader = await followTopic({
    brokers,
    topic,
    group,
    onRecord: (record) => {
      const end = ends.get(record.partition) ?? 0n;
      if (record.offset < end) records.push(record);
      if (record.offset + 1n >= end) missing.delete(record.partition);
    },
  });
  try {
    await waitFor(() => missing.size === 0, { timeoutMs: 30_000, description: `${topic} is read to its end` });
  } finally {
    await reader.close();
    await withAdmin(brokers, (admin) => admin.deleteGroups([group]));
  }
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
}

/** End offsets of the partitions that hold records. */
async function endOffsets(brokers: string[], topic: string): Promise<Map<number, bigint>> {
  const offsets = await withAdmin(brokers, (admin) => admin.fetchTopicOffsets(topic));
  return new Map(
    offsets.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, BigInt(high)]),
  );
}

export async function withAdmin<T>(
  brokers: string[],
  use: (admin: ReturnType<Kafka['admin']>) => Promise<T>,
): Promise<T> {
  const admin = probeClient(brokers).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

function toRecord(partition: number, message: KafkaMessage): ReadRecord {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) headers[name] = first.toString();
  }
  const value = message.value;
  const key = message.key?.toString();
  const timestampMs = Number(message.timestamp);
  return { partition, offset: BigInt(message.offset), timestampMs, key, value, headers, json: parseJson(value) };
}

function parseJson(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString() ?? '') as unknown;
  } catch {
    return undefined;
  }
}
