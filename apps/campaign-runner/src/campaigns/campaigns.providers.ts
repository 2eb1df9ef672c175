import type { Provider } from '@nestjs/common';
import { ProgressReader } from '@heliograph/campaigns';
import { EventPublisher, Kafka, topicReader } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log } from '@heliograph/runtime';
import { publishMsOf, type CampaignRunnerConfig } from '../config.ts';
import { Preflight } from '../preflight/preflight.ts';
import { TemplateTopics } from '../preflight/template-topics.ts';
import { CampaignGates } from './campaign-gates.ts';
import { CampaignPublisher } from './campaign.publisher.ts';
import { CampaignRebuild } from './campaign-rebuild.ts';
import { CampaignStore } from './campaign.store.ts';
import { CampaignTable } from './campaign-table.ts';
import { CampaignTicker } from './campaign-ticker.ts';
import { CampaignsService } from './campaigns.service.ts';
import { OwnedPartitions } from './owned-partitions.ts';

/** Everything that moves campaigns from state to state. @param clock milliseconds */
export function campaignsProviders(config: CampaignRunnerConfig, clock: () => number): Provider[] {
  const { conversationPartitions: partitions } = config;
  return [
    { provide: CampaignTable, inject: [Kafka], useFactory: (kafka: Kafka) => new CampaignTable(kafka) },
    {
      provide: ProgressReader,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new ProgressReader(redis, partitions),
    },
    {
      provide: OwnedPartitions,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new OwnedPartitions(redis),
    },
    { provide: CampaignGates, inject: [RedisClient], useFactory: (redis: RedisClient) => new CampaignGates(redis) },
    {
      provide: CampaignStore,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new CampaignStore(redis, publishMsOf(config)),
    },
    {
      provide: CampaignsService,
      inject: [CampaignStore, EventPublisher, CampaignGates, Log],
      useFactory: (store: CampaignStore, publisher: EventPublisher, gates: CampaignGates, log: Log) =>
        new CampaignsService(store, new CampaignPublisher(publisher, gates), config.publishDeadlineMs, log),
    },
    rebuild(config),
    ticker(config, clock),
  ];
}

function rebuild(config: CampaignRunnerConfig): Provider {
  const { conversationPartitions: partitions } = config;
  return {
    provide: CampaignRebuild,
    inject: [Kafka, CampaignTable, CampaignStore, CampaignGates, Log],
    useFactory: (kafka: Kafka, table: CampaignTable, store: CampaignStore, gates: CampaignGates, log: Log) =>
      new CampaignRebuild({
        ...{ topics: topicReader(kafka), table, store, gates, partitions },
        ...{ publishMs: publishMsOf(config), log },
      }),
  };
}

function ticker({ conversationPartitions, campaignTickMs }: CampaignRunnerConfig, clock: () => number): Provider {
  return {
    provide: CampaignTicker,
    inject: [CampaignTable, OwnedPartitions, CampaignsService, Preflight, ProgressReader, TemplateTopics, Log],
    useFactory: (
      table: CampaignTable,
      owned: OwnedPartitions,
      campaigns: CampaignsService,
      preflight: Preflight,
      progress: ProgressReader,
      templates: TemplateTopics,
      log: Log,
    ) => {
      const own = { partitions: conversationPartitions, everyMs: campaignTickMs, clock, log };
      const made = new CampaignTicker({ table, owned, campaigns, preflight, progress, ...own });
      table.onChange(() => made.soon());
      templates.onChange(() => made.soon());
      made.start();
      return made;
    },
  };
}
