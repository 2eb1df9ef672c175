import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { deadLetterTopic, TOPICS } from '@heliograph/contracts';
import { connectKafka, ensureTopics, EventPublisher, type Kafka } from '@heliograph/kafka';
import type { Log } from '@heliograph/runtime';
import { CrmChanges } from './consent/crm-changes.ts';
import { CONSENT_GROUP, SERVICE, type CrmSyncConfig } from './config.ts';
import { CrmClient } from './crm/crm-client.ts';

/** Starts to read the CRM, and closes what the service holds open, after its consumers have ended. */
@Injectable()
export class Connections implements OnModuleDestroy {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly crm: CrmClient,
    private readonly changes: CrmChanges,
  ) {
    changes.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.changes.stop();
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
  const { conversationTimeline, consentCommand, consentEvent } = TOPICS;
  const deadLetters = [deadLetterTopic(conversationTimeline, SERVICE), deadLetterTopic(consentEvent, CONSENT_GROUP)];
  await ensureTopics(kafka, [conversationTimeline, consentCommand, consentEvent, ...deadLetters]);
  return kafka;
}
