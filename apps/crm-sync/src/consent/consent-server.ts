import type { INestApplication } from '@nestjs/common';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, LaneServer, openGate } from '@heliograph/kafka';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { CONSENT_GROUP, type CrmSyncConfig } from '../config.ts';

/** A CRM that fails is asked again soon: somebody must not be called. */
const BACK_OFF = { firstMs: 200, maxMs: 10_000 };

/** Consumes consent events, one lane per contact. No fence is needed, see `timelineServer`. */
export function consentServer(app: INestApplication, config: CrmSyncConfig): LaneServer {
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: CONSENT_GROUP,
    topics: [TOPICS.consentEvent],
    gate: openGate,
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    workers: config.crmConnections,
    attempts: config.crmAttempts,
    backOff: BACK_OFF,
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - 1_000,
    onCrash: fatal,
  });
  app.get(Readiness).register('consent', () => server.consumer.problem());
  return server;
}
