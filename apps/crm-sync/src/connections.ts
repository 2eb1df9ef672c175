import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { deadLetterTopic, TOPICS } from '@heliograph/contracts';
import { connectKafka, ensureTopics, EventPublisher, type Kafka } from '@heliograph/kafka';
import type { Log } from '@heliograph/runtime';
import { SERVICE, type CrmSyncConfig } from './config.ts';
import { CrmClient } from './crm/crm-client.ts';

/** Closes what the service holds open, after its consumer has ended. */
@Injectable()
export class Connections implements OnModuleDestroy {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly crm: CrmClient,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await this.crm.close();
    await this.publisher.close();
  }
}

/** @throws Unavailable or TopicMismatch when the topics are not there as their contracts describe them */
export async function openKafka(config: CrmSyncConfig, log: Log): Promise<Kafka> {
  const {
    kafkaBrokers,
    kafkaClient: client,
    namespace,
    conversationPartitions,
    sessionTimeoutMs,
    heartbeatMs,
  } = config;
  const kafka = connectKafka(
    {
      brokers: kafkaBrokers,
      client,
      clientId: SERVICE,
      namespace,
      conversationPartitions,
      sessionTimeoutMs,
      heartbeatMs,
    },
    log,
  );
  await ensureTopics(kafka, [TOPICS.conversationTimeline, deadLetterTopic(TOPICS.conversationTimeline, SERVICE)]);
  return kafka;
}
