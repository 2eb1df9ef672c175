import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, LaneServer, openGate } from '@heliograph/kafka';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { ERASURE_GROUP, type RouterConfig } from '../config.ts';

/** Consumes erasures. What it writes is the same whoever writes it and however often, so it needs no fence. */
export function erasureServer(app: NestFastifyApplication, config: RouterConfig): LaneServer {
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: ERASURE_GROUP,
    topics: [TOPICS.conversationErasure],
    gate: openGate,
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - 1_000,
    onCrash: fatal,
  });
  app.get(Readiness).register('erasure', () => server.consumer.problem());
  return server;
}
