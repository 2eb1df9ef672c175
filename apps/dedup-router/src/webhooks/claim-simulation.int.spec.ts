import { RedisClient } from '@heliograph/redis';
import { RedisSimulation, replacing, type WrongVariant } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
const simulation = new RedisSimulation<ClaimVariant>({
  folders: ['libs/redis/src'],
  open: (url) => new RedisClient({ url, namespace: '' }),
  world: (schedule, redis, variant) => new ClaimWorld(schedule, redis, variant),
});
beforeAll(() => simulation.start(), 60_000);
afterAll(() => simulation.close());

const FENCE_CHECK = /if redis\.call\('GET', KEYS\[1\]\) ~= ARGV\[1\] then.*?end\n/s;

const WRONG: readonly WrongVariant<ClaimVariant>[] = [
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
    seed: 4,
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
    await simulation.assertHolds(SCHEDULES);
  }, 600_000);

  it.each(WRONG)(
    'are found when $title',
    async (wrong) => {
      expect(await simulation.find(wrong)).toMatch(wrong.violation);
    },
    600_000,
  );
});
