import type { INestApplication } from '@nestjs/common';
import { TOPICS } from '@heliograph/contracts';
import { CONSENT_GROUP } from '@heliograph/consent';
import { EventPublisher, Kafka, LaneServer } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import type { SessionStateConfig } from '../config.ts';
import { ConsentRebuild } from './consent-rebuild.ts';
import { ConsentWatch } from './consent-watch.ts';

/** Of the consumers' phase of the shutdown: to commit and leave the group. */
const LEAVING_MS = 1_000;

/** The consumer of consent commands: one lane per contact, run under the fence of its partition. */
export function consentServer(app: INestApplication, config: SessionStateConfig): LaneServer {
  const rebuild = app.get(ConsentRebuild);
  const watch = app.get(ConsentWatch);
  const fences = new FencedGate(app.get(RedisClient), {
    group: CONSENT_GROUP,
    rebuild: (partition, generation) => rebuild.run(partition, generation),
  });
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: CONSENT_GROUP,
    topics: [TOPICS.consentCommand],
    gate: {
      admit: async (partition, generation) => {
        const token = await fences.admit(partition, generation);
        watch.owns(partition);
        return token;
      },
    },
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - LEAVING_MS,
    onCrash: fatal,
  });
  watch.start((partition) => server.consumer.fenceLost(partition));
  app.get(Readiness).register('consent', () => server.consumer.problem());
  return server;
}
