import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, LaneServer } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { SERVICE, type RouterConfig } from '../config.ts';

/**
 * Consumes the webhooks. Nothing is rebuilt when Redis was lost: claims are gone then, and a provider that repeats an event
 * has it routed again under the same fact id, which the fold drops.
 *
 * Parked are events that wait up to a minute for their provider conversation, when there are so many that others would wait
 * behind them.
 */
export function webhookServer(app: NestFastifyApplication, config: RouterConfig): LaneServer {
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: SERVICE,
    topics: [TOPICS.webhookReceived],
    gate: new FencedGate(app.get(RedisClient), { group: SERVICE }),
    publisher: app.get(EventPublisher),
    parking: {},
    log: app.get(Log),
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - 1_000,
    onCrash: fatal,
  });
  app.get(Readiness).register('webhooks', () => server.consumer.problem());
  return server;
}
