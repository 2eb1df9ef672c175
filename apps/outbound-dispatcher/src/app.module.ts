import { Module, type DynamicModule, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { loadAccounts } from '@heliograph/accounts';
import { ContentFilters } from '@heliograph/content-filters';
import { deadLetterTopic, parkedTopic, TOPICS } from '@heliograph/contracts';
import { SessionReader } from '@heliograph/conversations';
import { connectKafka, ensureTopics, EventPublisher, Kafka } from '@heliograph/kafka';
import type { Profile } from '@heliograph/providers';
import { LedgerStore, RedisClient } from '@heliograph/redis';
import { Log, Readiness } from '@heliograph/runtime';
import { SenderCheck } from './accounts/sender-check.ts';
import { SendingAccounts } from './accounts/sending-accounts.ts';
import { CommandsConsumer } from './commands/commands.consumer.ts';
import { SERVICE, type DispatcherConfig } from './config.ts';
import { ContactFinder } from './contacts/contact-finder.ts';
import { DoubtStore } from './rebuild/doubt.store.ts';
import { LedgerRebuild } from './rebuild/ledger-rebuild.ts';
import { RouteStore } from './routes/route.store.ts';
import { ConversationOpener } from './sending/conversation-opener.ts';
import { LedgeredCall } from './sending/ledgered-call.ts';
import { MessageSender } from './sending/message-sender.ts';
import { OutcomeFacts } from './sending/outcome-facts.ts';
import { OutgoingContents } from './sending/outgoing-contents.ts';
import { SendGates } from './sending/send-gates.ts';
import { TemplateTable } from './templates/template-table.ts';

@Module({})
export class DispatcherModule implements OnModuleDestroy {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly redis: RedisClient,
    private readonly accounts: SendingAccounts,
    private readonly templates: TemplateTable,
    private readonly senders: SenderCheck,
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
      providers: [...connections(config, profileNamed), ...stores(), ...sending(config)],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.senders.stop();
    await this.accounts.close();
    await this.templates.close();
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
    { provide: TemplateTable, inject: [Kafka], useFactory: (kafka: Kafka) => TemplateTable.follow(kafka) },
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
      ) => new LedgerRebuild({ kafka, redis, ledger, routes, sessions: new SessionReader(redis), doubt, log }),
    },
  ];
}

function sending(config: DispatcherConfig): Provider[] {
  return [
    {
      provide: OutcomeFacts,
      inject: [EventPublisher],
      useFactory: (publisher: EventPublisher) => new OutcomeFacts(publisher),
    },
    {
      provide: LedgeredCall,
      inject: [LedgerStore, DoubtStore],
      useFactory: (ledger: LedgerStore, doubt: DoubtStore) =>
        new LedgeredCall(ledger, (delivery) => doubt.since(delivery)),
    },
    {
      provide: SendGates,
      inject: [TemplateTable],
      useFactory: (templates: TemplateTable) => new SendGates(templates, config, outgoing(config)),
    },
    {
      provide: ConversationOpener,
      inject: [RouteStore, LedgeredCall, OutcomeFacts, SendGates],
      useFactory: (routes: RouteStore, calls: LedgeredCall, facts: OutcomeFacts, gates: SendGates) =>
        new ConversationOpener(routes, calls, facts, gates),
    },
    { provide: ContactFinder, useFactory: () => new ContactFinder() },
    {
      provide: MessageSender,
      inject: [SendingAccounts, RouteStore, ConversationOpener, ContactFinder, LedgeredCall, OutcomeFacts, SendGates],
      useFactory: (
        accounts: SendingAccounts,
        routes: RouteStore,
        opener: ConversationOpener,
        contacts: ContactFinder,
        calls: LedgeredCall,
        facts: OutcomeFacts,
        gates: SendGates,
      ) => new MessageSender({ accounts, routes, opener, contacts, calls, facts, gates }),
    },
  ];
}

function outgoing({ accountsFile, contentFiltersFile }: DispatcherConfig): OutgoingContents {
  const tenants = loadAccounts(accountsFile, { secrets: [] }).all.map(({ tenant }) => tenant);
  return new OutgoingContents(ContentFilters.read(contentFiltersFile, tenants));
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
  const { conversationCommand, conversationOutbound, conversationMapping, templateState } = TOPICS;
  await ensureTopics(kafka, [
    conversationCommand,
    conversationOutbound,
    conversationMapping,
    templateState,
    deadLetterTopic(conversationCommand, SERVICE),
    parkedTopic(conversationCommand, SERVICE),
  ]);
  return kafka;
}
