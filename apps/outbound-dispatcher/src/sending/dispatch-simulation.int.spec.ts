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

const WRONG: [title: string, violation: RegExp, edits: ScriptEdits, variant?: DispatchVariant][] = [
  ['an answer is refused under an old fence', /^thrown away: /, {}, { ledger: (client) => new FinishIsFenced(client) }],
  ['a new owner does not wait', /^swapped: /, { 'begin-send': replacing('if now < due then', 'if false then') }],
  ['a new owner waits for send-by only', /^swapped: /, {}, { ledger: (client) => new ResolvedAtSendBy(client) }],
  ['doubt after a lost Redis is not marked', /^repeated: /, {}, { doubtfulSince: () => undefined }],
  [
    'attempt ids come again after a restart',
    /^(untrue|swapped|repeated): /,
    {},
    { ledger: (client) => new AttemptsCountAgain(client) },
  ],
  ['begin is not fenced', /^stale: /, { 'begin-send': replacing(FENCE_CHECK, '') }],
];

describe('sends under random crashes, zombies, late and lost answers and a lost Redis', () => {
  it(`are in order, none is lost and none repeated silently, over ${SCHEDULES} schedules`, async () => {
    assertHolds(await explore(worldWith(), asAsked(SCHEDULES)));
  }, 600_000);

  it.each(WRONG)(
    'are found to break it when %s',
    async (_, violation, edits, variant) => {
      await redis.plant(edits);
      const { failure } = await explore(worldWith(variant), { seed: 1, schedules: 1_500, minimal: false });
      expect(failure?.violation).toMatch(violation);
    },
    600_000,
  );
});
