import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, LaneServer, type PartitionGate } from '@heliograph/kafka';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { MAPPING_GROUP, type RouterConfig } from '../config.ts';
import { MappingRebuild } from './mapping-rebuild.ts';

/** Consumes the mappings; a partition that Redis does not hold whole is read first. Their effects need no fence. */
export function mappingServer(app: NestFastifyApplication, config: RouterConfig): LaneServer {
  const rebuild = app.get(MappingRebuild);
  const gate: PartitionGate = {
    admit: async (partition, generation) => {
      await rebuild.ensure(partition);
      return `unfenced:${generation}`;
    },
  };
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: MAPPING_GROUP,
    topics: [TOPICS.conversationMapping],
    gate,
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - 1_000,
    onCrash: fatal,
  });
  app.get(Readiness).register('mapping', () => server.consumer.problem());
  return server;
}
