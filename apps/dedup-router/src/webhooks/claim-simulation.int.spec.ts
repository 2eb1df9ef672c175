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
import { ClaimWorld, type ClaimVariant } from '../../test/simulation/claim-world.ts';
import {
  comparedByPosition,
  CountedFence,
  COUNTING,
  FenceComesBackAtOnce,
  ReopenedAtTheCopy,
  withBothPlaces,
} from '../../test/simulation/wrong-claims.ts';

const SCHEDULES = 500;
let redis: GatedRedis;
beforeAll(async () => {
  redis = await GatedRedis.start(['libs/redis/src'], (url) => new RedisClient({ url, namespace: '' }));
}, 60_000);
afterEach(() => redis.plant({}));
afterAll(() => redis.close());

const worldWith = (variant?: ClaimVariant) => async (simulation: Simulation) => {
  await redis.begin(simulation, MOST_PROCESSES);
  return new ClaimWorld(simulation, redis, variant);
};

const FENCE_CHECK = /if redis\.call\('GET', KEYS\[1\]\) ~= ARGV\[1\] then.*?end\n/s;

interface Wrong {
  readonly title: string;
  readonly violation: RegExp;
  readonly edits?: ScriptEdits;
  readonly variant?: ClaimVariant;
}

const WRONG: readonly Wrong[] = [
  {
    title: 'the fence counts and is raised on assignment',
    violation: /does not come to an end/,
    edits: { 'raise-fence': () => COUNTING },
    variant: { gate: (client) => new CountedFence(client) },
  },
  { title: 'a claim is compared by position', violation: /^lost: /, variant: { delivery: comparedByPosition } },
  {
    title: "a claim is reopened with the copy's position",
    violation: /^lost: /,
    variant: { delivery: withBothPlaces, claims: (client) => new ReopenedAtTheCopy(client), allLate: true },
  },
  {
    title: 'an own claim in `done` goes on',
    violation: /^repeated: /,
    edits: { claim: replacing("state ~= 'done' and holder", 'holder') },
  },
  {
    title: '`dead` overwrites `done`',
    violation: /^repeated: /,
    edits: { 'finish-claim': replacing("was ~= 'done' or state == 'done'", 'true') },
    variant: { allLate: true },
  },
  { title: 'claims are not fenced', violation: /^stale: /, edits: { claim: replacing(FENCE_CHECK, '') } },
  {
    title: 'the fence comes back at once after Redis was lost',
    violation: /^(stale|lost): /,
    variant: { claims: (client) => new FenceComesBackAtOnce(client), allLate: true },
  },
  {
    title: 'an event is done before it is published',
    violation: /^lost: /,
    edits: { claim: replacing("'open ' .. origin", "'done ' .. origin") },
  },
  {
    title: 'the first of claims that were gathered answers for all of them',
    violation: /^(lost|repeated): /,
    edits: { claim: replacing('return answers', 'for i = 2, #answers do answers[i] = answers[1] end return answers') },
  },
];

describe('claims of the router under random crashes, zombies, lost answers and a lost Redis', () => {
  it(`lose no event and publish none twice, over ${SCHEDULES} schedules`, async () => {
    assertHolds(await explore(worldWith(), asAsked(SCHEDULES)));
  }, 600_000);

  it.each(WRONG)(
    'are found when $title',
    async ({ violation, edits, variant }) => {
      await redis.plant(edits ?? {});
      const { failure } = await explore(worldWith(variant), { seed: 1, schedules: 1_500, minimal: false });
      expect(failure?.violation).toMatch(violation);
    },
    600_000,
  );
});

describe('a failure that was found on a real Redis', () => {
  it('comes again, step by step, with its seed', async () => {
    await redis.plant({ claim: replacing("state ~= 'done' and holder", 'holder') });
    const found = await explore(worldWith(), { seed: 7, schedules: 500, minimal: false });
    const again = await explore(worldWith(), { seed: found.failure!.seed, schedules: 1, minimal: false });
    expect(again.failure).toEqual(found.failure);
  }, 120_000);
});
