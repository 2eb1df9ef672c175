import type { Provider } from '@nestjs/common';
import { EarlyStops } from '@heliograph/consent';
import { EventPublisher, Kafka, partitionOf, topicReader } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log } from '@heliograph/runtime';
import { publishMsOf, type SessionStateConfig } from '../config.ts';
import { ConsentPublisher } from './consent.publisher.ts';
import { ConsentRebuild } from './consent-rebuild.ts';
import { ConsentService } from './consent.service.ts';
import { ConsentStore } from './consent.store.ts';
import { ConsentWatch } from './consent-watch.ts';

/** So long at most nobody is sent anything after a flush before somebody notices; a look is one short command per partition. */
const WATCH_MS = 500;

/** Everything that folds consent. */
export function consentProviders(config: SessionStateConfig): Provider[] {
  const publishMs = publishMsOf(config);
  return [
    {
      provide: EarlyStops,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) =>
        new EarlyStops(redis, (key) => partitionOf(key, config.conversationPartitions)),
    },
    {
      provide: ConsentStore,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new ConsentStore(redis, publishMs),
    },
    {
      provide: ConsentService,
      inject: [ConsentStore, EventPublisher],
      useFactory: (store: ConsentStore, publisher: EventPublisher) =>
        new ConsentService(store, new ConsentPublisher(publisher), config.publishDeadlineMs),
    },
    {
      provide: ConsentWatch,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new ConsentWatch({ redis, everyMs: WATCH_MS }),
    },
    {
      provide: ConsentRebuild,
      inject: [Kafka, ConsentStore, EarlyStops, Log],
      useFactory: (kafka: Kafka, store: ConsentStore, stops: EarlyStops, log: Log) =>
        new ConsentRebuild({ topics: topicReader(kafka), store, stops, publishMs, log }),
    },
  ];
}
