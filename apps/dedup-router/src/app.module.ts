import { Module, type DynamicModule, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { Accounts, loadAccounts } from '@heliograph/accounts';
import { deadLetterTopic, parkedTopic, TOPICS } from '@heliograph/contracts';
import { connectKafka, ensureTopics, EventPublisher, Kafka } from '@heliograph/kafka';
import { ClaimStore, RedisClient } from '@heliograph/redis';
import { Log, Readiness } from '@heliograph/runtime';
import { ERASURE_GROUP, MAPPING_GROUP, SERVICE, type RouterConfig } from './config.ts';
import { ErasureConsumer } from './erasure/erasure.consumer.ts';
import { MappingErasure } from './erasure/mapping-erasure.ts';
import { MappingConsumer } from './mapping/mapping.consumer.ts';
import { MappingRebuild } from './mapping/mapping-rebuild.ts';
import { MappingStore } from './mapping/mapping.store.ts';
import { ConversationKeys } from './webhooks/conversation-keys.ts';
import { ConversationResolver } from './webhooks/conversation-resolver.ts';
import { WebhooksConsumer } from './webhooks/webhooks.consumer.ts';

@Module({})
export class RouterModule implements OnModuleDestroy {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly redis: RedisClient,
    readiness: Readiness,
  ) {
    readiness.register('kafka', () => publisher.problem());
    readiness.register('redis', () => redis.problem());
  }

  static of(config: RouterConfig): DynamicModule {
    return {
      module: RouterModule,
      controllers: [WebhooksConsumer, MappingConsumer, ErasureConsumer],
      providers: [...connections(config), ...routing()],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.publisher.close();
    await this.redis.close();
  }
}

function connections(config: RouterConfig): Provider[] {
  return [
    { provide: Accounts, useValue: loadAccounts(config.accountsFile, { secrets: [] }) },
    { provide: Kafka, inject: [Log], useFactory: (log: Log) => openKafka(config, log) },
    { provide: EventPublisher, inject: [Kafka], useFactory: (kafka: Kafka) => new EventPublisher(kafka) },
    { provide: RedisClient, useFactory: () => openRedis(config) },
  ];
}

function routing(): Provider[] {
  return [
    { provide: ConversationKeys, useFactory: () => new ConversationKeys() },
    {
      provide: ClaimStore,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new ClaimStore(redis, { group: SERVICE }),
    },
    {
      provide: MappingStore,
      inject: [RedisClient, EventPublisher, Kafka],
      useFactory: (redis: RedisClient, publisher: EventPublisher, kafka: Kafka) =>
        new MappingStore(redis, publisher, kafka.partitionsOf(TOPICS.conversationMapping)),
    },
    {
      provide: MappingRebuild,
      inject: [Kafka, RedisClient, MappingStore, Log],
      useFactory: (kafka: Kafka, redis: RedisClient, mapping: MappingStore, log: Log) =>
        new MappingRebuild(kafka, redis, mapping, log),
    },
    {
      provide: MappingErasure,
      inject: [MappingStore, MappingRebuild, EventPublisher, Kafka],
      useFactory: (mapping: MappingStore, rebuild: MappingRebuild, publisher: EventPublisher, kafka: Kafka) =>
        new MappingErasure(mapping, rebuild, publisher, kafka.partitionsOf(TOPICS.conversationMapping)),
    },
    {
      provide: ConversationResolver,
      inject: [Accounts, MappingStore],
      useFactory: (accounts: Accounts, mapping: MappingStore) => new ConversationResolver(accounts, mapping),
    },
  ];
}

async function openRedis({ redisUrl, namespace }: RouterConfig): Promise<RedisClient> {
  const redis = new RedisClient({ url: redisUrl, namespace });
  await redis.whenUp();
  return redis;
}

async function openKafka(config: RouterConfig, log: Log): Promise<Kafka> {
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
  const { webhookReceived, conversationMapping, conversationInbound, conversationErasure } = TOPICS;
  const { routingEvent, templateEvent } = TOPICS;
  await ensureTopics(kafka, [
    webhookReceived,
    conversationMapping,
    conversationInbound,
    routingEvent,
    templateEvent,
    deadLetterTopic(webhookReceived, SERVICE),
    parkedTopic(webhookReceived, SERVICE),
    deadLetterTopic(conversationMapping, MAPPING_GROUP),
    conversationErasure,
    deadLetterTopic(conversationErasure, ERASURE_GROUP),
  ]);
  return kafka;
}
