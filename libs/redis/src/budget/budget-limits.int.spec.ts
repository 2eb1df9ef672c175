import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { excess, mostInAnyWindow, type Usable } from '../../test/budget/judge.ts';
import { plans } from '../../test/budget/plan.ts';
import { type Planted, runAbreast } from '../../test/budget/simulation.ts';
import { connectRedis } from '../../test/shared-redis.ts';
import { VirtualRedis } from '../../test/virtual-time/index.ts';
import { BudgetStore } from './budget-store.ts';
import { Budget } from './budget.ts';

const SCHEDULES = 2_000;
/** Schedules that run side by side, each in a time of its own. */
const ABREAST = 10;
const MOST_REPLICAS = 4;

let connections: VirtualRedis[][];
beforeAll(async () => {
  const namespace = `test-${randomUUID()}:`;
  const replicas = () => Promise.all(Array.from({ length: MOST_REPLICAS }, () => VirtualRedis.connect(namespace)));
  connections = await Promise.all(Array.from({ length: ABREAST }, replicas));
});
afterAll(() => Promise.all(connections.flat().map((redis) => redis.close())));

describe('the judge of these tests', () => {
  const grants = [0, 50, 130].map((from) => ({ from, to: from + 100 }));

  it('counts the worst arrangement of arrivals', () => {
    expect([30, 29, 20].map((periodMs) => mostInAnyWindow(grants, periodMs))).toEqual([3, 2, 2]);
  });

  it('finds what a pair takes beyond what it may borrow and has paid back', () => {
    const pair = (borrow: number, periodMs: number) => ({ name: 'pair', limit: 1, periodMs, borrow });
    expect(excess(pair(3, 1_000), grants)).toBeUndefined();
    // The third may arrive 30 ms after the first.
    expect(excess(pair(2, 30), grants)).toBeUndefined();
    expect(excess(pair(2, 31), grants)).toBe('pair: 3 in 31 ms, where 2 are allowed');
  });
});

/** Runs random schedules until one exceeds a limit. */
async function runSchedules(most: number, planted?: Planted) {
  const counts = { schedules: 0, used: 0 };
  const abreast = fc.array(plans, { minLength: ABREAST, maxLength: ABREAST, size: 'max' });
  const property = fc.asyncProperty(abreast, async (all) => {
    const { used, found } = await runAbreast(all, connections, planted);
    counts.schedules += all.length;
    counts.used += used;
    if (found) throw new Error(found);
  });
  const { failed, seed, counterexamplePath, errorInstance } = await fc.check(property, {
    numRuns: most / ABREAST,
    endOnFailure: true,
  });
  const found = failed ? `${(errorInstance as Error).message}; seed ${seed}, path ${counterexamplePath}` : undefined;
  return { ...counts, found };
}

const instead = (text: string, wrong: string): Planted => ({
  edit: (source, name) => {
    if (name !== 'take-budget') return source;
    if (!source.includes(text)) throw new Error(`${name} does not say "${text}"`);
    return source.replace(text, wrong);
  },
});

describe('in any sliding window of the period', () => {
  it('no more requests can arrive than the limit, over loads, replicas, clocks, stalls, pauses and a lost Redis', async () => {
    const { found, schedules, used } = await runSchedules(SCHEDULES);
    expect(found).toBeUndefined();
    expect(schedules).toBe(SCHEDULES);
    // Enough for the windows to fill.
    expect(used).toBeGreaterThan(10 * SCHEDULES);
  }, 300_000);

  it('in real time, too', async () => {
    const first = await connectRedis();
    const clients = [first, await connectRedis(first.namespace)];
    const bucket = { name: 'number:1', limit: 40, periodMs: 500 };
    const grants: Usable[] = [];
    const budgets = clients.map((client) => new Budget(new BudgetStore(client, 'scope')));
    for (const budget of budgets) {
      const again = (): unknown =>
        budget.take({ buckets: [bucket], priority: 'transactional' }).then(
          ({ deadline }) => {
            const from = performance.now();
            if (from <= deadline) grants.push({ from, to: deadline });
            again();
          },
          () => undefined,
        );
      for (let i = 0; i < 20; i++) again();
    }
    await delay(1_500);
    for (const budget of budgets) budget.close();
    await Promise.all(clients.map((client) => client.close()));
    expect(excess(bucket, grants)).toBeUndefined();
  });
});

describe('more than the limit is found when', () => {
  it.each<[string, Planted]>([
    ['the burst is the limit', instead('now + pace.tolerance', 'now + pace.tolerance * 5')],
    [
      'a bucket that Redis does not have starts full',
      instead('b.virtual, b.changed = drained', 'b.virtual, b.changed = now'),
    ],
    ['a pair that Redis lost starts full', instead('rememberedSince() + pace.tolerance', '0')],
    [
      'a pair is paid back at its own pace',
      instead('pace.interval / b.factor', '(pace.interval - (pace.pair and 100000 or 0)) / b.factor'),
    ],
    [
      'one of several buckets decides',
      instead('granted = math.min(granted, room(b, campaign))', 'granted = math.min(count, room(b, campaign))'),
    ],
    ["the clock is the process', not Redis'", { processClock: true }],
    ['a deadline is not looked at', { lateUse: true }],
  ])(
    '%s',
    async (_title, planted) => {
      expect((await runSchedules(SCHEDULES, planted)).found).toMatch(/\d+ in [\d.]+ ms, where \d+ are allowed/);
    },
    300_000,
  );
});
