import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connectRedis } from '../../test/shared-redis.ts';
import type { RedisClient } from '../client/redis-client.ts';
import { budgetKey } from '../keys.ts';
import type { Bucket } from './bucket.ts';
import { BudgetScheduler } from './budget-scheduler.ts';
import { BudgetStore } from './budget-store.ts';

/** When the request of a grant can arrive, milliseconds of `performance.now()`. */
interface Usable {
  readonly from: number;
  readonly to: number;
}

const REPLICAS = 3;
let clients: RedisClient[];

beforeAll(async () => {
  const first = await connectRedis();
  clients = [first, ...(await Promise.all([...Array(REPLICAS - 1)].map(() => connectRedis(first.namespace))))];
});
afterAll(() => Promise.all(clients.map((client) => client.close())));

/** The most that can arrive in one window of the period when every request may take any moment while its grant is usable. */
function mostInAnyWindow(grants: Usable[], periodMs: number): number {
  const byTo = [...grants].sort((a, b) => a.to - b.to);
  const froms = grants.map(({ from }) => from).sort((a, b) => a - b);
  let most = 0;
  let started = 0;
  // A window that holds the most can begin at the end of some grant: it misses those that end before it, or start after it.
  byTo.forEach(({ to }, endedBefore) => {
    while (started < froms.length && froms[started]! <= to + periodMs) started++;
    most = Math.max(most, started - endedBefore);
  });
  return most;
}

function stall(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('the judge of these tests', () => {
  it('counts the worst arrangement of arrivals', () => {
    const grants = [0, 50, 130].map((from) => ({ from, to: from + 100 }));
    expect([30, 29, 20].map((periodMs) => mostInAnyWindow(grants, periodMs))).toEqual([3, 2, 2]);
  });
});

const schedule = fc.record({
  limit: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 400 })),
  periodMs: fc.integer({ min: 401, max: 700 }),
  idleFirst: fc.boolean(),
  flushAtMs: fc.option(fc.integer({ min: 0, max: 1_500 })),
  stalls: fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 1_500 }), ms: fc.integer({ min: 20, max: 300 }) }), {
    maxLength: 2,
  }),
  loads: fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 1_600 }),
      replica: fc.integer({ min: 0, max: REPLICAS - 1 }),
      count: fc.integer({ min: 1, max: 200 }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});

describe('in any sliding window of the period', () => {
  it('no more requests can arrive than the limit, over loads, replicas, stalls and a flushed bucket', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (plan) => {
        const account = `account-${randomUUID()}`;
        const bucket: Bucket = { name: 'number', limit: plan.limit, periodMs: plan.periodMs };
        const redis = clients[0]!;
        const key = budgetKey(account, bucket.name);
        if (plan.idleFirst) await redis.client.hset(key, 'run', redis.runId!, 'virtual', 1);
        const schedulers = clients.map((client) => new BudgetScheduler(new BudgetStore(client, account), [bucket]));
        const grants: Usable[] = [];
        const note = ({ deadline }: { deadline: number }) => {
          const from = performance.now();
          if (from <= deadline) grants.push({ from, to: deadline });
        };
        const at = (ms: number, what: () => void) => delay(ms).then(what);
        await Promise.all([
          delay(1_800),
          ...plan.loads.map(({ atMs, replica, count }) =>
            at(atMs, () => {
              for (let i = 0; i < count; i++) schedulers[replica]!.take().then(note, () => undefined);
            }),
          ),
          ...plan.stalls.map(({ atMs, ms }) => at(atMs, () => stall(ms))),
          ...(plan.flushAtMs === null ? [] : [at(plan.flushAtMs, () => void redis.client.del(key))]),
        ]);
        for (const one of schedulers) one.close();
        expect(mostInAnyWindow(grants, plan.periodMs)).toBeLessThanOrEqual(plan.limit);
      }),
      { numRuns: 6, interruptAfterTimeLimit: 40_000, endOnFailure: true },
    );
  }, 60_000);
});

describe('in saturation', () => {
  it.each([
    ['one replica', 1],
    ['three replicas', REPLICAS],
  ])('%s: at least 98 %% of the refill is used', async (_title, replicas) => {
    // 160 a second, 24 at once.
    const bucket: Bucket = { name: 'number', limit: 200, periodMs: 1_000 };
    const account = `account-${randomUUID()}`;
    const schedulers = clients
      .slice(0, replicas)
      .map((client) => new BudgetScheduler(new BudgetStore(client, account), [bucket]));
    const started = performance.now();
    let granted = 0;
    for (const one of schedulers) {
      const again = (): unknown =>
        one.take().then(
          () => (granted++, again()),
          () => undefined,
        );
      for (let i = 0; i < 50; i++) again();
    }
    await delay(3_000);
    const refill = ((performance.now() - started) / 1_000) * 160;
    for (const one of schedulers) one.close();
    expect(granted / refill).toBeGreaterThanOrEqual(0.98);
    expect(granted / refill).toBeLessThanOrEqual(1);
  });
});
