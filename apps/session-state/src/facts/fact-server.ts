import type { INestApplication } from '@nestjs/common';
import { EventPublisher, Kafka, LaneServer } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { SERVICE, type SessionStateConfig } from '../config.ts';
import { INPUTS, SessionRebuild } from '../rebuild/session-rebuild.ts';

/** Of the consumers' phase of the shutdown: to commit and leave the group. */
const LEAVING_MS = 1_000;

/** The consumer of both inputs: one lane per conversation across them, run under the fence of its partition. */
export function factServer(app: INestApplication, config: SessionStateConfig): LaneServer {
  const rebuild = app.get(SessionRebuild);
  const log = app.get(Log);
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: SERVICE,
    topics: INPUTS,
    gate: new FencedGate(app.get(RedisClient), {
      group: SERVICE,
      rebuild: (partition, generation) => rebuild.run(partition, generation),
    }),
    publisher: app.get(EventPublisher),
    log,
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - LEAVING_MS,
    onCrash: fatal,
  });
  app.get(Readiness).register('facts', () => server.consumer.problem());
  return server;
}
