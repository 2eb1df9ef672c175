import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { TOPICS } from '@heliograph/contracts';
import { connectKafka, ensureTopics, EventPublisher, type Kafka } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Readiness, type Log } from '@heliograph/runtime';
import { SERVICE, type TemplateRegistryConfig } from './config.ts';
import { EventFeed } from './lifecycle/event-feed.ts';
import { ProviderAccesses } from './templates/provider-accesses.ts';
import { RegistryService } from './templates/registry.service.ts';
import { TemplateTable } from './templates/template-table.ts';

/** Closes what the service holds open, users before what they use. */
@Injectable()
export class Connections implements OnModuleDestroy {
  constructor(
    private readonly registry: RegistryService,
    private readonly accesses: ProviderAccesses,
    private readonly table: TemplateTable,
    private readonly feed: EventFeed,
    private readonly publisher: EventPublisher,
    private readonly redis: RedisClient,
    readiness: Readiness,
  ) {
    readiness.register('redis', () => redis.problem());
  }

  async onModuleDestroy(): Promise<void> {
    await this.registry.stop();
    await this.accesses.close();
    await this.table.close();
    await this.feed.close();
    await this.publisher.close();
    await this.redis.close();
  }
}

/** @throws Unavailable when Redis does not answer within ten seconds */
export async function openRedis({ redisUrl, namespace }: TemplateRegistryConfig): Promise<RedisClient> {
  const redis = new RedisClient({ url: redisUrl, namespace });
  await redis.whenUp();
  return redis;
}

/** @throws Unavailable or TopicMismatch when a topic is not there as its contract describes it */
export async function openKafka(config: TemplateRegistryConfig, log: Log): Promise<Kafka> {
  const { kafkaBrokers, kafkaClient: client, namespace, conversationPartitions } = config;
  const kafka = connectKafka(
    { brokers: kafkaBrokers, client, clientId: SERVICE, namespace, conversationPartitions },
    log,
  );
  await ensureTopics(kafka, [
    TOPICS.templateState,
    TOPICS.templateDefinition,
    TOPICS.templateEvent,
    TOPICS.templateAlert,
  ]);
  return kafka;
}
