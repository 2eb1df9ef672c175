import { randomUUID } from 'node:crypto';
import { encodeEvent, EVENTS, type CloudEvent, type TopicDefinition } from '@heliograph/contracts';
import { testKafkaBrokers, uniqueNamespace } from '@heliograph/testing';
import type { Message } from 'kafkajs';
import { connectKafka, type Kafka } from '../cluster/kafka.ts';
import type { KafkaOptions } from '../settings.ts';

/** A Kafka with a namespace of its own, so that a test sees nobody else's topics. */
export function testKafka(options: Partial<KafkaOptions> = {}): Kafka {
  const own = { namespace: uniqueNamespace('kafka'), conversationPartitions: 3, clientId: 'spec' };
  return connectKafka({ brokers: testKafkaBrokers(), ...own, ...options });
}

/** A topic no contract knows. */
export function plainTopic(partitions: number, retention: TopicDefinition['retention'] = 3_600_000): TopicDefinition {
  return { name: `plain-${randomUUID()}`, key: 'any', partitions, retention };
}

/** An event of `webhook.received`, which may hold anything. */
export function webhookEvent(id: string, key: string, data: object = { id }): CloudEvent {
  const time = '2026-03-02T09:15:00.000Z';
  const { type } = EVENTS.webhookReceived;
  return { id, type, source: '/heliograph/spec', time, partitionKey: key, extensions: { tenant: 'acme' }, data };
}

export function webhookMessage(id: string, key: string): Message {
  return encodeEvent(webhookEvent(id, key));
}

/** Writes past the publisher, with the client library's own producer. */
export async function produce(
  kafka: Kafka,
  topic: TopicDefinition,
  partition: number,
  messages: readonly Message[],
  { idempotent = false }: { idempotent?: boolean } = {},
): Promise<void> {
  const producer = kafka.client.producer({ idempotent });
  await producer.connect();
  const placed = messages.map((message) => ({ ...message, partition }));
  await producer.send({ topic: kafka.physical(topic.name), messages: placed });
  await producer.disconnect();
}
