import type { INestApplication } from '@nestjs/common';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, LaneServer, openGate } from '@heliograph/kafka';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { SERVICE, type CrmSyncConfig } from '../config.ts';

/** With `crmAttempts` at 20 an entry that fails is tried for about ten minutes. */
const BACK_OFF = { firstMs: 500, maxMs: 60_000 };

/**
 * Consumes the timeline, one lane per conversation.
 *
 * No fence is needed. Every write is a PUT under an id that comes from the fact, with fields that come from the fact alone:
 * a process that lost its partition and does not know it yet (a zombie) can only write what its successor writes, too. The
 * successor starts at the last commit, so it writes entry n before n + 1, whatever still arrives from the zombie.
 */
export function timelineServer(app: INestApplication, config: CrmSyncConfig): LaneServer {
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: SERVICE,
    topics: [TOPICS.conversationTimeline],
    gate: openGate,
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    // One connection each: a handler never waits for one while its time-out runs.
    workers: config.crmConnections,
    attempts: config.crmAttempts,
    backOff: BACK_OFF,
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - 1_000,
    onCrash: fatal,
  });
  app.get(Readiness).register('timeline', () => server.consumer.problem());
  return server;
}
