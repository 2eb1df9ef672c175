import type { Provider } from '@nestjs/common';
import { Subjects } from '@heliograph/consent';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, topicReader } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log } from '@heliograph/runtime';
import { CampaignTable } from '../campaigns/campaign-table.ts';
import type { CampaignRunnerConfig } from '../config.ts';
import { CountingService } from '../counting/counting.service.ts';
import { CountsStore } from '../counting/counts.store.ts';
import { EndedLately } from '../counting/ended-lately.ts';
import { FrequencyCaps } from '../frequency/frequency-caps.ts';
import { FrequencyStore } from '../frequency/frequency.store.ts';
import { Preflight } from '../preflight/preflight.ts';
import { PartitionRebuild } from '../rebuild/partition-rebuild.ts';
import { Expander } from './expander.ts';
import { ExpansionStore } from './expansion.store.ts';
import { HeldCommands } from './held-commands.ts';
import { PartitionExpansion } from './partition-expansion.ts';
import { RecipientReaders } from './recipient-readers.ts';
import { LOOK_AHEAD } from './shares.ts';
import { TopicFetchers } from './topic-fetchers.ts';

/**
 * Everything that gives the recipients of campaigns to the dispatcher, and counts what becomes of them.
 *
 * @param clock of what time does to campaigns, milliseconds
 */
export function expansionProviders(config: CampaignRunnerConfig, clock: () => number): Provider[] {
  return [...stores(config), counting(), ...expansion(config, clock), rebuild(clock)];
}

function stores({ consentKey, conversationPartitions }: CampaignRunnerConfig): Provider[] {
  return [
    { provide: EndedLately, useFactory: () => new EndedLately() },
    { provide: CountsStore, inject: [RedisClient], useFactory: (redis: RedisClient) => new CountsStore(redis) },
    { provide: ExpansionStore, inject: [RedisClient], useFactory: (redis: RedisClient) => new ExpansionStore(redis) },
    { provide: TopicFetchers, inject: [Kafka], useFactory: (kafka: Kafka) => new TopicFetchers(kafka) },
    {
      provide: FrequencyCaps,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) =>
        new FrequencyCaps(new FrequencyStore(redis), redis, new Subjects(consentKey), conversationPartitions),
    },
  ];
}

function counting(): Provider {
  return {
    provide: CountingService,
    inject: [CountsStore, FrequencyCaps, CampaignTable, EndedLately],
    useFactory: (counts: CountsStore, caps: FrequencyCaps, campaigns: CampaignTable, endedLately: EndedLately) =>
      new CountingService({ counts, caps, campaigns, endedLately }),
  };
}

function expansion(config: CampaignRunnerConfig, clock: () => number): Provider[] {
  const { campaignTickMs, conversationPartitions } = config;
  return [
    {
      provide: PartitionExpansion,
      inject: [CampaignTable, Preflight, ExpansionStore, TopicFetchers, FrequencyCaps, EventPublisher, EndedLately],
      useFactory: (
        campaigns: CampaignTable,
        preflight: Preflight,
        store: ExpansionStore,
        fetchers: TopicFetchers,
        caps: FrequencyCaps,
        publisher: EventPublisher,
        endedLately: EndedLately,
      ) =>
        new PartitionExpansion({
          ...{ campaigns, store, caps, publisher, endedLately },
          problems: (state) => preflight.problems(state),
          languageProblem: (definition, language) => preflight.languageProblem(definition, language)?.code,
          recipients: new RecipientReaders(fetchers.of(TOPICS.campaignRecipient)),
          held: new HeldCommands(fetchers.of(TOPICS.conversationTimeline)),
          lookAhead: LOOK_AHEAD,
          partitions: conversationPartitions,
          clock,
        }),
    },
    {
      provide: Expander,
      inject: [PartitionExpansion, Log],
      useFactory: (expansion: PartitionExpansion, log: Log) =>
        new Expander({ expansion, everyMs: campaignTickMs, log }),
    },
  ];
}

function rebuild(clock: () => number): Provider {
  return {
    provide: PartitionRebuild,
    inject: [CampaignTable, Kafka, TopicFetchers, RedisClient, CountsStore, ExpansionStore, FrequencyCaps, Log],
    useFactory: (
      campaigns: CampaignTable,
      kafka: Kafka,
      fetchers: TopicFetchers,
      redis: RedisClient,
      counts: CountsStore,
      expansion: ExpansionStore,
      caps: FrequencyCaps,
      log: Log,
    ) =>
      new PartitionRebuild({
        ...{ campaigns, redis, counts, expansion, caps, log },
        topics: topicReader(kafka),
        moments: (topic) => fetchers.of(topic),
        clock,
      }),
  };
}
