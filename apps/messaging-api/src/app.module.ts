import { Module, type DynamicModule, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { loadAccounts } from '@heliograph/accounts';
import { ContentFilters } from '@heliograph/content-filters';
import { SessionReader, TranscriptReader } from '@heliograph/conversations';
import { deadLetterTopic, TOPICS } from '@heliograph/contracts';
import { ApiKeyGuard, ApiKeys } from '@heliograph/http-api';
import { connectKafka, ensureTopics, EventPublisher, Kafka } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log, Readiness } from '@heliograph/runtime';
import { CampaignOrdersController } from './campaigns/campaign-orders.controller.ts';
import { CampaignsController } from './campaigns/campaigns.controller.ts';
import { campaignProviders } from './campaigns/campaigns.providers.ts';
import { CampaignTable } from './campaigns/campaign-table.ts';
import { CannedController } from './canned/canned.controller.ts';
import { CannedResponses } from './canned/canned-responses.ts';
import { SERVICE, type MessagingApiConfig } from './config.ts';
import { ContentAcceptance } from './contents/content-acceptance.ts';
import { ConsentController } from './consent/consent.controller.ts';
import { consentProviders } from './consent/consent.providers.ts';
import { ContactsController } from './contacts/contacts.controller.ts';
import { ErasureService } from './contacts/erasure.service.ts';
import { CommandStatusService } from './commands/command-status.service.ts';
import { CommandsController, ConversationCommandsController } from './commands/commands.controller.ts';
import { CommandsService } from './commands/commands.service.ts';
import { ConversationsController } from './conversations/conversations.controller.ts';
import { ConversationsService } from './conversations/conversations.service.ts';
import { Sessions } from './conversations/sessions.ts';
import { AcceptanceStore } from './messages/acceptance.store.ts';
import { AcceptedCommands } from './messages/accepted-commands.ts';
import { MessageStatusService } from './messages/message-status.service.ts';
import { MessagesController } from './messages/messages.controller.ts';
import { MessagesService } from './messages/messages.service.ts';
import { Senders } from './messages/senders.ts';
import { Templates } from './templates/templates.ts';
import { TimelineConsumer } from './timeline/timeline.consumer.ts';
import { TIMELINE_GROUP, TimelineStore } from './timeline/timeline.store.ts';
import { UploadsController } from './uploads/uploads.controller.ts';

/** As long as entries stay on the topic. */
const TIMELINE_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

@Module({})
export class MessagingApiModule implements OnModuleDestroy {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly redis: RedisClient,
    private readonly templates: Templates,
    private readonly campaigns: CampaignTable,
    readiness: Readiness,
  ) {
    readiness.register('redis', () => redis.problem());
    readiness.register('templates', () => templates.problem());
    readiness.register('campaigns', () => campaigns.problem());
  }

  static of(config: MessagingApiConfig): DynamicModule {
    return {
      module: MessagingApiModule,
      controllers: [
        MessagesController,
        CannedController,
        ConversationsController,
        ConversationCommandsController,
        CommandsController,
        ConsentController,
        CampaignsController,
        CampaignOrdersController,
        UploadsController,
        ContactsController,
        TimelineConsumer,
      ],
      providers: [
        ...clients(config),
        { provide: ApiKeys, useValue: ApiKeys.read(config.apiKeysFile) },
        ...texts(config),
        {
          provide: Templates,
          inject: [Kafka, Senders],
          useFactory: (kafka: Kafka, senders: Senders) => Templates.follow(kafka, senders),
        },
        ...consentProviders(config),
        ...campaignProviders(config),
        ContentAcceptance,
        {
          provide: TimelineStore,
          inject: [RedisClient],
          useFactory: (redis: RedisClient) =>
            new TimelineStore(redis, { entries: config.timelineEntries, keptMs: TIMELINE_KEPT_MS }),
        },
        Sessions,
        ApiKeyGuard,
        AcceptanceStore,
        AcceptedCommands,
        MessagesService,
        MessageStatusService,
        ConversationsService,
        CommandsService,
        CommandStatusService,
        ErasureService,
      ],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.templates.close();
    await this.campaigns.close();
    await this.publisher.close();
    await this.redis.close();
  }
}

/** What is read from files about what may be sent and said. */
function texts(config: MessagingApiConfig): Provider[] {
  const accounts = loadAccounts(config.accountsFile, { secrets: [] }).all;
  const tenants = accounts.map(({ tenant }) => tenant);
  return [
    { provide: Senders, useValue: new Senders(accounts) },
    { provide: ContentFilters, useValue: ContentFilters.read(config.contentFiltersFile, tenants) },
    { provide: CannedResponses, useValue: CannedResponses.read(config.cannedResponsesFile, tenants) },
  ];
}

function clients(config: MessagingApiConfig): Provider[] {
  const { namespace } = config;
  return [
    { provide: Kafka, inject: [Log], useFactory: (log: Log) => openKafka(config, log) },
    { provide: EventPublisher, inject: [Kafka], useFactory: (kafka: Kafka) => new EventPublisher(kafka) },
    { provide: RedisClient, useFactory: () => new RedisClient({ url: config.redisUrl, namespace }) },
    { provide: SessionReader, inject: [RedisClient], useFactory: (redis: RedisClient) => new SessionReader(redis) },
    {
      provide: TranscriptReader,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new TranscriptReader(redis),
    },
  ];
}

async function openKafka(config: MessagingApiConfig, log: Log): Promise<Kafka> {
  const kafka = connectKafka(
    {
      brokers: config.kafkaBrokers,
      client: config.kafkaClient,
      clientId: SERVICE,
      namespace: config.namespace,
      conversationPartitions: config.conversationPartitions,
      sessionTimeoutMs: config.sessionTimeoutMs,
      heartbeatMs: config.heartbeatMs,
    },
    log,
  );
  const { conversationCommand, conversationTimeline, conversationSession, conversationErasure } = TOPICS;
  const { consentCommand, consentEvent, templateDefinition, templateState } = TOPICS;
  await ensureTopics(kafka, [
    ...[conversationCommand, consentCommand, consentEvent],
    ...[conversationTimeline, conversationSession, conversationErasure],
    ...[templateDefinition, templateState],
    ...[TOPICS.campaignOrder, TOPICS.campaignRecipient, TOPICS.campaignState],
    deadLetterTopic(conversationTimeline, TIMELINE_GROUP),
  ]);
  return kafka;
}
