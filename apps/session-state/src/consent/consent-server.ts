import type { INestApplication } from '@nestjs/common';
import { TOPICS } from '@heliograph/contracts';
import { CONSENT_GROUP } from '@heliograph/consent';
import { EventPublisher, Kafka, LaneServer } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import type { SessionStateConfig } from '../config.ts';
import { ConsentRebuild } from './consent-rebuild.ts';

/** Of the consumers' phase of the shutdown: to commit and leave the group. */
const LEAVING_MS = 1_000;

/** The consumer of consent commands: one lane per contact, run under the fence of its partition. */
export function consentServer(app: INestApplication, config: SessionStateConfig): LaneServer {
  const rebuild = app.get(ConsentRebuild);
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: CONSENT_GROUP,
    topics: [TOPICS.consentCommand],
    gate: new FencedGate(app.get(RedisClient), {
      group: CONSENT_GROUP,
      rebuild: (partition, generation) => rebuild.run(partition, generation),
    }),
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - LEAVING_MS,
    onCrash: fatal,
  });
  app.get(Readiness).register('consent', () => server.consumer.problem());
  return server;
}
