import type { INestApplication } from '@nestjs/common';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, laneFreshness, LaneServer, type LaneFreshnessOptions } from '@heliograph/kafka';
import { FencedGate, FreshnessStore, RedisClient, STOP_PATH, STOPS_FOLDED } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { SERVICE, type SessionStateConfig } from '../config.ts';
import { DeadlineSweeper } from '../deadlines/deadline-sweeper.ts';
import { INPUTS, SessionRebuild } from '../rebuild/session-rebuild.ts';

/** Of the consumers' phase of the shutdown: to commit and leave the group. */
const LEAVING_MS = 1_000;

/** So many unfinished facts of a partition are work in progress; more are a backlog. */
const BACKLOG = 1_000;

/** The consumer of all inputs: one lane per conversation across them, run under the fence of its partition. */
export function factServer(app: INestApplication, config: SessionStateConfig): LaneServer {
  const rebuild = app.get(SessionRebuild);
  const log = app.get(Log);
  const sweeper = app.get(DeadlineSweeper);
  const redis = app.get(RedisClient);
  const gate = new FencedGate(redis, {
    group: SERVICE,
    rebuild: (partition, generation) => rebuild.run(partition, generation),
  });
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: SERVICE,
    topics: INPUTS,
    gate: {
      admit: async (partition, generation) => {
        const token = await gate.admit(partition, generation);
        sweeper.owns(partition, token);
        return token;
      },
    },
    publisher: app.get(EventPublisher),
    log,
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - LEAVING_MS,
    onCrash: fatal,
    freshness: [stopsFolded(app.get(Kafka), redis)],
  });
  app.get(Readiness).register('facts', () => server.consumer.problem());
  sweeper.start({
    isBehind: (partition) => isBehind(server, partition),
    fenceLost: (partition) => server.consumer.fenceLost(partition),
  });
  return server;
}

/**
 * A stop is in Redis before its fact has ended, so the marks of a partition say as of when everybody who had said no in its
 * conversations stands there. Whoever's conversation a webhook is of, its own partition is another one: all of the router count.
 */
function stopsFolded(kafka: Kafka, redis: RedisClient): LaneFreshnessOptions {
  const upstream = new FreshnessStore(redis, STOP_PATH);
  const marks = new FreshnessStore(redis, STOPS_FOLDED);
  const partitions = kafka.partitionsOf(TOPICS.webhookReceived);
  return laneFreshness({
    topic: TOPICS.conversationInbound,
    asOf: async () => (await upstream.read(partitions)).lowest,
    mark: (partition, moment, fence) => marks.mark(partition, moment, fence),
  });
}

function isBehind(server: LaneServer, partition: number): boolean {
  for (const input of server.consumer.progress()) {
    if (input.partition === partition && input.lag > BACKLOG) return true;
  }
  return false;
}
