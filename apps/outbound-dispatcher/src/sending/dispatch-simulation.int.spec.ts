import { RedisClient } from '@heliograph/redis';
import { RedisSimulation, replacing, type WrongVariant } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DispatchWorld, type DispatchVariant } from '../../test/simulation/dispatch-world.ts';
import { AttemptsCountAgain, FinishIsFenced, ResolvedAtSendBy } from '../../test/simulation/wrong-ledgers.ts';

const SCHEDULES = 500;
const simulation = new RedisSimulation<DispatchVariant>({
  folders: ['libs/redis/src', 'libs/conversations/src', 'apps/outbound-dispatcher/src'],
  open: (url) => new RedisClient({ url, namespace: '' }),
  world: (schedule, redis, variant) => new DispatchWorld(schedule, redis, variant),
});
beforeAll(() => simulation.start(), 60_000);
afterAll(() => simulation.close());

const FENCE_CHECK = /if redis\.call\('GET', KEYS\[1\]\) ~= ARGV\[1\] then.*?end\n/s;

const WRONG: readonly WrongVariant<DispatchVariant>[] = [
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
    await simulation.assertHolds(SCHEDULES);
  }, 600_000);

  it.each(WRONG)(
    'are found to break it when $title',
    async (wrong) => {
      expect(await simulation.find(wrong)).toMatch(wrong.violation);
    },
    600_000,
  );
});
