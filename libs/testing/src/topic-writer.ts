import { Kafka, logLevel } from 'kafkajs';
import { probeClient } from './brokers/kafka-ready.ts';

/** A record as a test wants it on a topic, valid or not. */
export interface WrittenRecord {
  readonly partition?: number;
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Puts records on a topic as they are, past every check of the code under test. Resolves when all replicas have them. */
export async function writeRecords(brokers: string[], topic: string, records: readonly WrittenRecord[]): Promise<void> {
  const kafka = new Kafka({ clientId: 'heliograph-testing-writer', brokers, logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    const messages = records.map(({ headers, ...record }) => ({ ...record, headers: { ...headers } }));
    await producer.send({ topic, acks: -1, messages });
  } finally {
    await producer.disconnect();
  }
}

/** Removes every topic whose name begins with the namespace, so that a shared Kafka does not fill with those of past tests. */
export async function dropTopics(brokers: string[], namespace: string): Promise<void> {
  if (namespace === '') throw new Error('an empty namespace would remove every topic');
  const admin = probeClient(brokers).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(namespace));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}
