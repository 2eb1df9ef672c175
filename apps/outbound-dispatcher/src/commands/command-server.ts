import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EventPublisher, Kafka, LaneServer } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { SERVICE, type DispatcherConfig } from '../config.ts';
import { DoubtStore } from '../rebuild/doubt.store.ts';
import { LedgerRebuild } from '../rebuild/ledger-rebuild.ts';
import { COMMAND_TOPICS } from './command-topics.ts';
import { DeadCommands } from './dead-commands.ts';

/** Consumes the commands: a partition runs when its ledger is there, and dead commands yield a failed fact. */
export function commandServer(app: NestFastifyApplication, config: DispatcherConfig): LaneServer {
  const redis = app.get(RedisClient);
  const doubt = app.get(DoubtStore);
  const dead = app.get(DeadCommands);
  const rebuild = app.get(LedgerRebuild);
  const worked = new Set<number>();
  const fences = new FencedGate(redis, {
    group: SERVICE,
    rebuild: (partition) => rebuild.run(partition, worked.has(partition)),
  });
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: SERVICE,
    topics: COMMAND_TOPICS,
    prioritised: true,
    gate: {
      admit: async (partition, generation) => {
        const fence = await fences.admit(partition, generation);
        await doubt.load(partition);
        worked.add(partition);
        return fence;
      },
    },
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    workers: config.workers,
    limits: { records: config.laneRecords, distance: 10 * config.laneRecords },
    parking: { afterMs: config.parkAfterMs },
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - 1_000,
    onCrash: fatal,
    beforeDeadLetter: (delivery, reason) => dead.deadLettered(delivery, reason),
    beforeUnreadable: ({ type, value, origin }, reason) => dead.unreadable(type, value, origin, reason),
  });
  app.get(Readiness).register('commands', () => server.consumer.problem());
  return server;
}
