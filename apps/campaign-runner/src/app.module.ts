import { Module, type DynamicModule, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { Accounts, loadAccounts } from '@heliograph/accounts';
import { EventPublisher, Kafka } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log, Readiness } from '@heliograph/runtime';
import { CampaignTable } from './campaigns/campaign-table.ts';
import { CampaignTicker } from './campaigns/campaign-ticker.ts';
import { campaignsProviders } from './campaigns/campaigns.providers.ts';
import { OrdersConsumer } from './campaigns/orders.consumer.ts';
import type { CampaignRunnerConfig } from './config.ts';
import { openKafka, openRedis } from './connections.ts';
import { AccountHealth } from './preflight/account-health.ts';
import { TimelineConsumer } from './counting/timeline.consumer.ts';
import { Expander } from './expansion/expander.ts';
import { expansionProviders } from './expansion/expansion.providers.ts';
import { TopicFetchers } from './expansion/topic-fetchers.ts';
import { preflightProviders } from './preflight/preflight.providers.ts';
import { TemplateTopics } from './preflight/template-topics.ts';

@Module({})
export class CampaignRunnerModule implements OnModuleDestroy {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly redis: RedisClient,
    private readonly table: CampaignTable,
    private readonly templates: TemplateTopics,
    private readonly ticker: CampaignTicker,
    private readonly health: AccountHealth,
    private readonly expander: Expander,
    private readonly fetchers: TopicFetchers,
    readiness: Readiness,
  ) {
    readiness.register('kafka', () => publisher.problem());
    readiness.register('redis', () => redis.problem());
    readiness.register('campaigns', () => table.problem());
    readiness.register('templates', () => templates.problem());
  }

  /** @param clock of what time does to campaigns, milliseconds @throws AccountsError; nothing is open then */
  static of(config: CampaignRunnerConfig, clock: () => number): DynamicModule {
    const accounts = loadAccounts(config.accountsFile, { secrets: [] });
    return {
      module: CampaignRunnerModule,
      controllers: [OrdersConsumer, TimelineConsumer],
      providers: [
        { provide: Accounts, useValue: accounts },
        ...connections(config),
        ...preflightProviders(),
        ...campaignsProviders(config, clock),
        ...expansionProviders(config, clock),
      ],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.ticker.stop();
    await this.health.stop();
    await this.expander.stop();
    await this.fetchers.close();
    await this.table.close();
    await this.templates.close();
    await this.publisher.close();
    await this.redis.close();
  }
}

function connections(config: CampaignRunnerConfig): Provider[] {
  const { publishDeadlineMs, publishTryMs } = config;
  return [
    { provide: Kafka, inject: [Log], useFactory: (log: Log) => openKafka(config, log) },
    {
      provide: EventPublisher,
      inject: [Kafka],
      useFactory: (kafka: Kafka) =>
        new EventPublisher(kafka, { deadlineMs: publishDeadlineMs, tryTimeoutMs: publishTryMs }),
    },
    { provide: RedisClient, inject: [Log], useFactory: (log: Log) => openRedis(config, log) },
  ];
}
