import { RedisClient } from '@heliograph/redis';
import { RedisSimulation, replacing, type WrongVariant } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NumberingWorld, type NumberingVariant } from '../../test/simulation/numbering-world.ts';

const SCHEDULES = 500;
const simulation = new RedisSimulation<NumberingVariant>({
  folders: ['libs/redis/src', 'libs/conversations/src', 'apps/session-state/src'],
  open: (url) => new RedisClient({ url, namespace: '' }),
  world: (schedule, redis, variant) => new NumberingWorld(schedule, redis, variant),
});
beforeAll(() => simulation.start(), 60_000);
afterAll(() => simulation.close());

const FENCE_CHECK = /if redis\.call\('GET', KEYS\[1\]\) ~= ARGV\[1\] then.*?end\n/s;

const NO_STAMP = { 'take-session': replacing('if token ~= ARGV[1] and now < over then', 'if false then') };

const OWN_STAMP = "stored[2] == ARGV[1] .. ' ' .. ARGV[2 * i + 1]";

const WRONG: readonly WrongVariant<NumberingVariant>[] = [
  { title: 'a rebuild takes the snapshot alone', violation: /^(number|lost|repeated)/, variant: { withoutTail: true } },
  {
    title: 'a rebuild does not wait for publishes under way',
    violation: /^(number|stale|lost|repeated)/,
    variant: { rebuildWaitsMs: 0 },
  },
  {
    title: 'the outbox is not published first on take-over',
    violation: /^lost: /,
    edits: {
      'take-session': replacing('if not session[4] then', 'if true then'),
      'write-sessions': replacing(' or stored[2] then', ' then'),
    },
  },
  {
    // The stamp keeps successors from the outbox until a zombie's clear has come; without it the clear itself must be right.
    title: 'the outbox is cleared as a whole',
    violation: /^lost: .* was cleared of what was not published/,
    edits: { 'clear-sessions': replacing(`stored[1] == ARGV[2 * i] and ${OWN_STAMP}`, 'stored[2]'), ...NO_STAMP },
    variant: { snapshotsSwap: true },
  },
  {
    title: 'a clear that comes late clears what is published again',
    violation: /^stale: snapshot/,
    edits: { 'clear-sessions': replacing(OWN_STAMP, 'stored[2]') },
  },
  { title: 'a publisher is not written down', violation: /^stale: snapshot/, edits: NO_STAMP },
  {
    title: 'a state is written without its fence',
    violation: /^stale: /,
    edits: { 'write-sessions': replacing(FENCE_CHECK, '') },
  },
];

describe('the numbers of the timeline under random crashes, zombies, late publishes and a lost Redis', () => {
  it(`have no gap and are used once, over ${SCHEDULES} schedules`, async () => {
    await simulation.assertHolds(SCHEDULES);
  }, 600_000);

  it.each(WRONG)(
    'are found to break when $title',
    async (wrong) => {
      expect(await simulation.find(wrong)).toMatch(wrong.violation);
    },
    600_000,
  );
});
