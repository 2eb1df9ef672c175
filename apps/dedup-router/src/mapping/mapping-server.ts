import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, LaneServer } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { MAPPING_GROUP, type RouterConfig } from '../config.ts';
import { mappingRebuild } from './mapping-rebuild.ts';
import { MappingStore } from './mapping.store.ts';

/** Consumes the mappings; a partition whose fence is gone from Redis is read whole first, because so are its mappings. */
export function mappingServer(app: NestFastifyApplication, config: RouterConfig): LaneServer {
  const kafka = app.get(Kafka);
  const rebuild = mappingRebuild(kafka, app.get(MappingStore));
  const server = new LaneServer({
    kafka,
    group: MAPPING_GROUP,
    topics: [TOPICS.conversationMapping],
    gate: new FencedGate(app.get(RedisClient), { group: MAPPING_GROUP, rebuild }),
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - 1_000,
    onCrash: fatal,
  });
  app.get(Readiness).register('mapping', () => server.consumer.problem());
  return server;
}
