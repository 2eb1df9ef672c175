import { Module, type DynamicModule, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { loadAccounts } from '@heliograph/accounts';
import { deadLetterTopic, parkedTopic, TOPICS } from '@heliograph/contracts';
import { SessionReader } from '@heliograph/conversations';
import { connectKafka, ensureTopics, EventPublisher, Kafka, topicReader } from '@heliograph/kafka';
import type { Profile } from '@heliograph/providers';
import { LedgerStore, RedisClient } from '@heliograph/redis';
import { Log, Readiness } from '@heliograph/runtime';
import { accountOf } from './accounts/account-of.ts';
import { SenderCheck } from './accounts/sender-check.ts';
import { SendingAccounts } from './accounts/sending-accounts.ts';
import { CampaignWaits } from './campaigns/campaign-waits.ts';
import { COMMAND_TOPICS } from './commands/command-topics.ts';
import { CommandsConsumer } from './commands/commands.consumer.ts';
import { SERVICE, type DispatcherConfig } from './config.ts';
import { lifecycleProviders } from './lifecycle/lifecycle.providers.ts';
import { DoubtStore } from './rebuild/doubt.store.ts';
import { LedgerRebuild } from './rebuild/ledger-rebuild.ts';
import { RouteStore } from './routes/route.store.ts';
import { RoutingChanges } from './routing/routing-changes.ts';
import { sendingProviders } from './sending/sending.providers.ts';
import { TemplateTable } from './templates/template-table.ts';

@Module({})
export class DispatcherModule implements OnModuleDestroy {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly redis: RedisClient,
    private readonly accounts: SendingAccounts,
    private readonly templates: TemplateTable,
    private readonly senders: SenderCheck,
    private readonly routing: RoutingChanges,
    private readonly campaigns: CampaignWaits,
    readiness: Readiness,
  ) {
    readiness.register('kafka', () => publisher.problem());
    readiness.register('redis', () => redis.problem());
    readiness.register('templates', () => templates.problem());
  }

  static of(config: DispatcherConfig, profileNamed: (name: string) => Profile | undefined): DynamicModule {
    return {
      module: DispatcherModule,
      controllers: [CommandsConsumer],
      providers: [
        ...connections(config, profileNamed),
        ...stores(),
        ...sendingProviders(config),
        ...lifecycleProviders,
      ],
    };
  }

  async onModuleDestroy(): Promise<void> {
    this.campaigns.close();
    await this.senders.stop();
    await this.accounts.close();
    await this.templates.close();
    await this.routing.close();
    await this.publisher.close();
    await this.redis.close();
  }
}

function connections(config: DispatcherConfig, profileNamed: (name: string) => Profile | undefined): Provider[] {
  return [
    { provide: Kafka, inject: [Log], useFactory: (log: Log) => openKafka(config, log) },
    { provide: EventPublisher, inject: [Kafka], useFactory: (kafka: Kafka) => new EventPublisher(kafka) },
    { provide: RedisClient, useFactory: () => openRedis(config) },
    {
      provide: SendingAccounts,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) =>
        new SendingAccounts(loadAccounts(config.accountsFile, { secrets: ['client'] }), redis, profileNamed),
    },
    {
      provide: SenderCheck,
      inject: [SendingAccounts, Log],
      useFactory: (accounts: SendingAccounts, log: Log) => new SenderCheck(accounts.all, log),
    },
    {
      provide: TemplateTable,
      inject: [Kafka, SendingAccounts],
      useFactory: (kafka: Kafka, accounts: SendingAccounts) => TemplateTable.follow(kafka, accountOf(accounts)),
    },
  ];
}

function stores(): Provider[] {
  return [
    {
      provide: RouteStore,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new RouteStore(redis, new SessionReader(redis), SERVICE),
    },
    {
      provide: LedgerStore,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new LedgerStore(redis, { group: SERVICE }),
    },
    {
      provide: DoubtStore,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new DoubtStore(redis, SERVICE),
    },
    {
      provide: LedgerRebuild,
      inject: [Kafka, RedisClient, LedgerStore, RouteStore, DoubtStore, Log],
      useFactory: (
        kafka: Kafka,
        redis: RedisClient,
        ledger: LedgerStore,
        routes: RouteStore,
        doubt: DoubtStore,
        log: Log,
      ) => {
        const sessions = new SessionReader(redis);
        return new LedgerRebuild({ topics: topicReader(kafka), redis, ledger, routes, sessions, doubt, log });
      },
    },
  ];
}

async function openRedis({ redisUrl, namespace }: DispatcherConfig): Promise<RedisClient> {
  const redis = new RedisClient({ url: redisUrl, namespace });
  await redis.whenUp();
  return redis;
}

async function openKafka(config: DispatcherConfig, log: Log): Promise<Kafka> {
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
  const { conversationOutbound, conversationMapping, routingEvent } = TOPICS;
  await ensureTopics(kafka, [
    ...COMMAND_TOPICS.flatMap((topic) => [topic, deadLetterTopic(topic, SERVICE), parkedTopic(topic, SERVICE)]),
    conversationOutbound,
    conversationMapping,
    TOPICS.templateState,
    TOPICS.templateDefinition,
    routingEvent,
  ]);
  return kafka;
}
