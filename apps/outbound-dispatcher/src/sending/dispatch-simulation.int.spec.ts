import { RedisClient } from '@heliograph/redis';
import {
  asAsked,
  assertHolds,
  explore,
  GatedRedis,
  MOST_PROCESSES,
  replacing,
  type ScriptEdits,
  type Simulation,
} from '@heliograph/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DispatchWorld, type DispatchVariant } from '../../test/simulation/dispatch-world.ts';
import { AttemptsCountAgain, FinishIsFenced, ResolvedAtSendBy } from '../../test/simulation/wrong-ledgers.ts';

const SCHEDULES = 500;
let redis: GatedRedis;
beforeAll(async () => {
  const folders = ['libs/redis/src', 'libs/conversations/src', 'apps/outbound-dispatcher/src'];
  redis = await GatedRedis.start(folders, (url) => new RedisClient({ url, namespace: '' }));
}, 60_000);
afterEach(() => redis.plant({}));
afterAll(() => redis.close());

const worldWith = (variant?: DispatchVariant) => async (simulation: Simulation) => {
  await redis.begin(simulation, MOST_PROCESSES);
  return new DispatchWorld(simulation, redis, variant);
};

const FENCE_CHECK = /if redis\.call\('GET', KEYS\[1\]\) ~= ARGV\[1\] then.*?end\n/s;

interface Wrong {
  readonly title: string;
  readonly violation: RegExp;
  readonly edits?: ScriptEdits;
  readonly variant?: DispatchVariant;
}

const WRONG: readonly Wrong[] = [
  {
    title: 'an answer is refused under an old fence',
    violation: /^thrown away: /,
    variant: { ledger: (client) => new FinishIsFenced(client) },
  },
  {
    title: 'a new owner does not wait',
    violation: /^swapped: /,
    edits: { 'begin-send': replacing('if now < due then', 'if false then') },
  },
  {
    title: 'a new owner waits for send-by only',
    violation: /^swapped: /,
    variant: { ledger: (client) => new ResolvedAtSendBy(client) },
  },
  {
    title: 'doubt after a lost Redis is not marked',
    violation: /^repeated: /,
    variant: { doubtfulSince: () => undefined },
  },
  {
    title: 'attempt ids come again after a restart',
    violation: /^(untrue|swapped|repeated): /,
    variant: { ledger: (client) => new AttemptsCountAgain(client) },
  },
  { title: 'begin is not fenced', violation: /^stale: /, edits: { 'begin-send': replacing(FENCE_CHECK, '') } },
];

describe('sends under random crashes, zombies, late and lost answers and a lost Redis', () => {
  it(`are in order, none is lost and none repeated silently, over ${SCHEDULES} schedules`, async () => {
    assertHolds(await explore(worldWith(), asAsked(SCHEDULES)));
  }, 600_000);

  it.each(WRONG)(
    'are found to break it when $title',
    async ({ violation, edits, variant }) => {
      await redis.plant(edits ?? {});
      const { failure } = await explore(worldWith(variant), { seed: 1, schedules: 1_500, minimal: false });
      expect(failure?.violation).toMatch(violation);
    },
    600_000,
  );
});
