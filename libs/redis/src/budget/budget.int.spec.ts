import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '@heliograph/runtime';
import { BudgetFixture } from '../../test/budget/budget-fixture.ts';
import { PrivateRedis, until } from '../../test/private-redis.ts';
import { RedisClient } from '../client/redis-client.ts';
import { budgetKey } from '../keys.ts';
import type { Bucket } from './bucket.ts';
import { BudgetStore } from './budget-store.ts';
import { Budget } from './budget.ts';
import type { Priority } from './demand.ts';

const fixture = BudgetFixture.use();

/** One per 12.5 ms, 12 at once. */
const NUMBER: Bucket = { name: 'number:1', limit: 100, periodMs: 1_000 };
const WIDE: Bucket = { name: 'wide', limit: 1_000_000, periodMs: 1_000 };
const demand = (...buckets: Bucket[]) => ({ buckets, priority: 'transactional' as const });

describe('waiters', () => {
  const order = async (priorities: Priority[]): Promise<number[]> => {
    priorities.forEach((priority, n) => void fixture.take({ buckets: [NUMBER], priority }, { by: `${n}` }));
    await fixture.runFor(2_000);
    return fixture.got.map(({ by }) => Number(by));
  };

  it('are served first in, first out', async () => {
    expect(await order(Array.from({ length: 30 }, () => 'campaign'))).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });

  it('who are transactional are served before campaigns, each first in, first out', async () => {
    const [t, c] = ['transactional', 'campaign'] as const;
    expect(await order([c, t, c, t, t, c])).toEqual([1, 3, 4, 0, 2, 5]);
  });

  it('are counted, and leave when they give up', async () => {
    await fixture.idle(NUMBER);
    const leaving = new AbortController();
    const left = fixture.take(demand(NUMBER), { signal: leaving.signal });
    void fixture.take({ buckets: [NUMBER], priority: 'campaign' });
    expect(fixture.budget.snapshot().waiting).toEqual({ transactional: 1, campaign: 1 });
    leaving.abort(new Error('no longer needed'));
    await expect(left).rejects.toThrow('no longer needed');
    expect(fixture.budget.waiting).toBe(1);
    await fixture.runFor(10);
    expect([fixture.budget.waiting, fixture.budget.snapshot().handedOut]).toEqual([0, 1]);
    await expect(fixture.take(demand(NUMBER), { signal: leaving.signal })).rejects.toThrow('no longer needed');
  });

  it('are sent away when the budget closes', async () => {
    const waits = fixture.take(demand(NUMBER));
    fixture.budget.close();
    await expect(waits).rejects.toThrow(Unavailable);
    await expect(fixture.take(demand(NUMBER))).rejects.toThrow('redis is unavailable: the budget is closed');
    expect(fixture.budget.waiting).toBe(0);
  });

  it('get grants that end 100 ms after Redis was asked', async () => {
    await fixture.idle(NUMBER);
    fixture.passage = { thereMs: 20, backMs: 10 };
    const from = fixture.now;
    void fixture.take(demand(NUMBER));
    await fixture.runFor(100);
    expect(fixture.got.map(({ at, deadline }) => [at - from, Math.round(deadline - from)])).toEqual([[30, 100]]);
  });

  it('get no grant that came too late', async () => {
    await fixture.idle(NUMBER);
    fixture.passage = { thereMs: 60, backMs: 60 };
    void fixture.take(demand(NUMBER));
    await fixture.runFor(110);
    fixture.passage = { thereMs: 1, backMs: 1 };
    await fixture.runFor(100);
    expect(fixture.got).toHaveLength(1);
    expect(fixture.budget.snapshot()).toMatchObject({ handedOut: 1, thrownAway: 1 });
  });

  it('who come at once are asked for at once, whatever they take from', async () => {
    const buckets = Array.from({ length: 10 }, (_, n) => ({ ...NUMBER, name: `number:${n}` }));
    await fixture.idle(WIDE, ...buckets);
    buckets.forEach((bucket) => void fixture.take(demand(WIDE, bucket)));
    await fixture.runFor(10);
    expect([fixture.got.length, fixture.calls]).toEqual([10, 1]);
  });

  it('for a number that has nothing hold back nobody who takes from another one', async () => {
    const busy = { name: 'number:busy', limit: 1, periodMs: 60_000 };
    await fixture.idle(WIDE, busy, NUMBER);
    for (let i = 0; i < 50; i++) void fixture.take(demand(WIDE, busy), { by: 'busy' });
    for (let i = 0; i < 12; i++) void fixture.take(demand(WIDE, NUMBER), { by: 'free' });
    await fixture.runFor(20);
    expect([fixture.count('busy'), fixture.count('free')]).toEqual([1, 12]);
  });

  it('cost a call now and then, however many they are and however many pairs they take from', async () => {
    const pair = (n: number) => ({ name: `pair:1:${n}`, limit: 1, periodMs: 6_000, borrow: 45 });
    await fixture.idle(WIDE, NUMBER);
    for (let n = 0; n < 100_000; n++) void fixture.take(demand(WIDE, NUMBER, pair(n)));
    await fixture.runFor(1_000);
    const { handedOut } = fixture.budget.snapshot();
    expect(handedOut).toBeGreaterThanOrEqual(80);
    // Those of one number sleep together: nobody is asked for before there is something to have.
    expect(fixture.calls).toBeLessThanOrEqual(2 * handedOut);
    expect(fixture.budget.waiting).toBe(100_000 - handedOut);
  });

  it('are refused a bucket that cannot be kept, no bucket, and two pairs', async () => {
    const pair = { name: 'pair:a', limit: 1, periodMs: 6_000, borrow: 45 };
    for (const [buckets, message] of [
      [[{ ...NUMBER, name: 'x', limit: 0 }], 'limit of x must be a whole number from 1'],
      [[], 'a demand needs a bucket'],
      [[pair, { ...pair, name: 'pair:b' }], 'one pair at most, not pair:a and pair:b'],
    ] as const) {
      await expect(fixture.budget.take({ buckets, priority: 'campaign' })).rejects.toThrow(message);
    }
  });

  it('take from a bucket as its limit is now', async () => {
    await fixture.idle(NUMBER);
    void fixture.take(demand(NUMBER));
    await fixture.runFor(1_000);
    for (let i = 0; i < 100; i++) void fixture.take(demand({ ...NUMBER, limit: 1_000 }));
    await fixture.runFor(10);
    expect(fixture.got.length).toBeGreaterThan(100);
  });
});

describe('grants are fetched ahead', () => {
  /** So many ask each millisecond, one after the other. */
  const ask = async (perMs: number, ms: number) => {
    await fixture.idle(WIDE);
    const from = fixture.now;
    for (let n = 0; n < perMs * ms; n++) fixture.time.at(from + n / perMs, () => void fixture.take(demand(WIDE)));
    await fixture.runFor(ms + 10);
    expect(fixture.got).toHaveLength(perMs * ms);
  };

  it('at high rates, so that most who come need not wait', async () => {
    await ask(20, 100);
    expect(fixture.got.filter(({ asked, at }) => at === asked).length).toBeGreaterThan(1_000);
    expect(fixture.calls).toBeLessThan(200);
  });

  it('and end 100 ms after Redis was asked, like all', async () => {
    await ask(20, 100);
    for (const { at, deadline } of fixture.got) {
      expect(deadline - at).toBeLessThanOrEqual(100);
      expect(deadline - at).toBeGreaterThan(70);
    }
  });

  it('not at low rates, nor when there is too little', async () => {
    await ask(2, 100);
    expect(fixture.got.filter(({ asked, at }) => at === asked)).toEqual([]);
    fixture.saturate(demand(NUMBER), 200);
    await fixture.runFor(1_000);
    expect(fixture.budget.snapshot().thrownAway).toBe(0);
  });

  it('not past a pause', async () => {
    await ask(20, 100);
    const before = fixture.got.length;
    void fixture.budget.pauseFor(1_000, WIDE);
    for (let i = 0; i < 10; i++) void fixture.take(demand(WIDE));
    await fixture.runFor(900);
    expect(fixture.got).toHaveLength(before);
  });
});

describe('the levels of buckets', () => {
  const numbers = [1, 2, 3].map((n) => ({ ...NUMBER, name: `number:${n}` }));

  it('tell how many each could grant at once, less those who wait for it here', async () => {
    await fixture.idle(...numbers);
    for (let i = 0; i < 5; i++) void fixture.take(demand(numbers[1]!), { replica: 1 });
    for (let i = 0; i < 30; i++) void fixture.take(demand(numbers[2]!), { replica: 1 });
    await fixture.runFor(2);
    expect(await fixture.outcome(fixture.budgets[1]!.levels(numbers))).toEqual([12, 7, -18]);
    expect(await fixture.outcome(fixture.budgets[0]!.levels(numbers))).toEqual([12, 7, 0]);
  });

  it('cost one call for all, and none while they are fresh', async () => {
    await fixture.idle(...numbers);
    const both = [fixture.budget.levels(numbers), fixture.budget.levels([numbers[0]!])];
    expect(await fixture.outcome(Promise.all(both))).toEqual([[12, 12, 12], [12]]);
    await fixture.outcome(fixture.budget.levels(numbers));
    expect(fixture.calls).toBe(1);
    await fixture.runFor(60);
    await fixture.outcome(fixture.budget.levels(numbers));
    expect(fixture.calls).toBe(2);
  });

  it('are not known without Redis', async () => {
    fixture.passage = { thereMs: 0, backMs: 0, lost: 'request' };
    await expect(fixture.outcome(fixture.budget.levels(numbers))).rejects.toThrow(Unavailable);
  });
});

describe('while Redis is gone', () => {
  it('everybody keeps waiting, and is served when it is back', async () => {
    const server = await PrivateRedis.start();
    const client = new RedisClient({ url: server.url, namespace: '', commandTimeoutMs: 200 });
    const budget = new Budget(new BudgetStore(client, 'scope'));
    try {
      await client.whenUp();
      await server.down();
      await until('the connection is down', () => client.runId === undefined);
      const served: number[] = [];
      const waits = [0, 1, 2].map((index) => budget.take(demand(NUMBER)).then(() => served.push(index)));
      await server.up();
      await Promise.all(waits);
      expect(served).toEqual([0, 1, 2]);
      expect(await client.client.hget(budgetKey('scope', NUMBER.name), 'run')).toBe(client.runId);
    } finally {
      budget.close();
      await client.close();
      await server.end();
    }
  });
});
