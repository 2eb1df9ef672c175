import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, laneFreshness, LaneServer } from '@heliograph/kafka';
import { FencedGate, FreshnessStore, RedisClient, STOP_PATH, TEMPLATE_PATH } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { SERVICE, type RouterConfig } from '../config.ts';
import { ConversationKeys } from './conversation-keys.ts';
import { CustomersWords } from './customers-words.ts';

/**
 * Consumes the webhooks. Nothing is rebuilt when Redis was lost: claims are gone then, and a provider that repeats an event
 * has it routed again under the same fact id, which the fold drops.
 *
 * Parked are events that wait up to a minute for their provider conversation, when there are so many that others would wait
 * behind them.
 *
 * It is the first stage of the template path and of that of what customers say, so its marks start from Redis' clock
 * (docs/decisions/0019-freshness-marks.md).
 */
export function webhookServer(app: NestFastifyApplication, config: RouterConfig): LaneServer {
  const redis = app.get(RedisClient);
  const conversations = app.get(ConversationKeys);
  const marks = new FreshnessStore(redis, TEMPLATE_PATH);
  const stops = new FreshnessStore(redis, STOP_PATH);
  const words = new CustomersWords();
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: SERVICE,
    topics: [TOPICS.webhookReceived],
    gate: new FencedGate(redis, { group: SERVICE }),
    publisher: app.get(EventPublisher),
    parking: {},
    log: app.get(Log),
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - 1_000,
    onCrash: fatal,
    freshness: [
      laneFreshness({
        topic: TOPICS.webhookReceived,
        concerns: (key) => !conversations.has(key),
        asOf: () => marks.now(),
        mark: (partition, moment, fence) => marks.mark(partition, moment, fence),
      }),
      laneFreshness({
        topic: TOPICS.webhookReceived,
        concerns: (key, record) => !conversations.has(key) || words.mayBeIn(record),
        asOf: () => stops.now(),
        mark: (partition, moment, fence) => stops.mark(partition, moment, fence),
      }),
    ],
  });
  app.get(Readiness).register('webhooks', () => server.consumer.problem());
  return server;
}
