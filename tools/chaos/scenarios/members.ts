import { setTimeout as delay } from 'node:timers/promises';
import type { Replica, ServiceName } from '@heliograph/testing';
import type { Trial } from '../run/trial.ts';
import type { Scenario } from './scenario.ts';

const CONSUMERS: readonly ServiceName[] = ['dedup-router', 'session-state', 'outbound-dispatcher'];
const TWO_OF_EACH = Object.fromEntries(CONSUMERS.map((service) => [service, 2]));
const STOP_MS = 7_000;

/** Every few seconds a member of some group joins, leaves in order, or dies. */
async function storm(trial: Trial): Promise<void> {
  const extras: { replica: Replica; isUp: boolean }[] = [];
  for (const service of CONSUMERS) extras.push({ replica: await trial.system.addReplica(service), isUp: false });
  const change = async (): Promise<void> => {
    const extra = trial.random.pick(extras);
    const { replica, isUp } = extra;
    extra.isUp = !isUp;
    if (!isUp) return replica.start();
    return trial.random.next() < 0.5 ? replica.stop(STOP_MS) : replica.kill();
  };
  for (let round = 1; round <= trial.times(8); round++) {
    await trial.strike(`a member comes or goes (${round})`, change);
    await delay(trial.random.between(1_000, 2_500));
  }
  await Promise.all(extras.map(({ replica }) => replica.stop(STOP_MS)));
}

/** One of two is frozen until the other has its partitions, and wakes as a zombie. */
async function freezeEach(trial: Trial, services: readonly ServiceName[], ms: number): Promise<void> {
  for (const service of services) {
    const replica = trial.system.replica(service, trial.random.between(0, 1));
    await trial.strike(`${replica.name} is frozen for ${ms / 1_000} s`, () => trial.freeze(replica, ms));
  }
}

export const MEMBERSHIP: readonly Scenario[] = [
  {
    name: 'rebalance-storm',
    does: 'members of every group join, leave in order and die every few seconds',
    needs: {},
    attack: storm,
  },
  {
    name: 'paused-process',
    does: 'one of two processes of each service is stopped for longer than its session (6 s), then goes on as a zombie',
    needs: { replicas: TWO_OF_EACH },
    attack: (trial) =>
      freezeEach(trial, trial.short ? ['outbound-dispatcher'] : [...CONSUMERS, 'outbound-dispatcher'], 9_000),
  },
  {
    name: 'paused-process-30s-session',
    does: 'the same with the session time-out of production',
    needs: { replicas: TWO_OF_EACH, sessionTimeoutMs: 30_000 },
    attack: (trial) => freezeEach(trial, ['outbound-dispatcher'], 34_000),
  },
];
