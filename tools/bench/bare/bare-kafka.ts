// By its default export: Node finds few names in this CommonJS module by itself.
import kafkajs, { type Kafka, type KafkaMessage } from 'kafkajs';

/** kafkajs with its own settings. */
export function bareKafka(brokers: string[]): Kafka {
  return new kafkajs.Kafka({ clientId: 'bare', brokers, logLevel: kafkajs.logLevel.ERROR });
}

/** As many as every topic by conversation has (CONVERSATION_PARTITIONS). */
export const PARTITIONS = 12;

export async function createTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
  await admin.disconnect();
}

export interface BareConsumerOptions {
  brokers: string[];
  topics: string[];
  group: string;
}

/** Longer than a run in which this consumer is held. */
const SESSION_TIMEOUT_MS = 120_000;

/** Reads batch after batch, each when the last one was dealt with. Resolves once the group was joined. */
export async function consumeBare(
  { brokers, topics, group }: BareConsumerOptions,
  onBatch: (messages: KafkaMessage[], topic: string) => Promise<void> | void,
): Promise<void> {
  const consumer = bareKafka(brokers).consumer({
    groupId: group,
    maxWaitTimeInMs: 250,
    sessionTimeout: SESSION_TIMEOUT_MS,
  });
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({ eachBatch: async ({ batch }) => onBatch(batch.messages, batch.topic) });
  await joined;
}
