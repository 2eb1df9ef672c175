import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@heliograph/contracts';
import { leadersOf, redisCommand } from '@heliograph/testing';
import type { Trial } from '../run/trial.ts';
import type { Scenario } from './scenario.ts';

const UNREACHABLE_MS = 30_000;
/** As long as the others need to take over (9 s), and some more. */
const WITHOUT_LEADER_MS = 12_000;

/** The node that leads most partitions of the commands is killed, and comes back when others lead. */
async function killLeader(trial: Trial): Promise<void> {
  const { nodes, brokers } = trial.stage.cluster!;
  const leaders = await leadersOf(brokers, trial.system.topic(TOPICS.conversationCommand));
  const counts = nodes.map((_, index) => leaders.filter((leader) => leader === index + 1).length);
  const node = nodes[counts.indexOf(Math.max(...counts))]!;
  await node.kill();
  await delay(WITHOUT_LEADER_MS);
  await node.restart();
}

async function unreachable(trial: Trial): Promise<void> {
  const { redis } = trial.stage;
  await redis.pause();
  await delay(UNREACHABLE_MS);
  await redis.resume();
}

const repeated =
  (count: number, what: string, fault: (trial: Trial) => Promise<unknown>) =>
  async (trial: Trial): Promise<void> => {
    for (let time = 1; time <= trial.times(count); time++) {
      await trial.strike(`${what} (${time})`, () => fault(trial));
    }
  };

export const REDIS: readonly Scenario[] = [
  {
    name: 'redis-restart',
    does: 'Redis is killed and comes back with what it had written',
    needs: {},
    attack: repeated(3, 'Redis restarts', ({ stage }) => stage.redis.restart()),
  },
  {
    name: 'redis-flushed',
    does: 'Redis is flushed under load and rebuilt from the topics',
    needs: {},
    isShort: true,
    attack: repeated(2, 'FLUSHALL', ({ stage }) => redisCommand(stage.redis.url, 'FLUSHALL')),
  },
  {
    name: 'redis-comes-back-empty',
    does: 'Redis is killed and comes back without its data',
    needs: {},
    attack: repeated(2, 'Redis restarts empty', ({ stage }) => stage.redis.restart({ empty: true })),
  },
  {
    name: 'redis-unreachable',
    does: 'Redis answers nobody for 30 s; then it works off what was said to it meanwhile',
    needs: {},
    attack: repeated(1, 'Redis does not answer for 30 s', unreachable),
  },
];

export const KAFKA: readonly Scenario[] = [
  {
    name: 'broker-restart',
    does: 'the only broker is killed and started again',
    needs: { kafka: 'own' },
    attack: repeated(2, 'the broker restarts', ({ stage }) => stage.kafka!.restart()),
  },
  {
    name: 'leader-killed',
    does: 'of three brokers the one that leads is killed, and comes back when others lead',
    needs: { kafka: 'cluster' },
    attack: repeated(2, 'the leader is killed', killLeader),
  },
];
