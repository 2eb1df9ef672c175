import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@heliograph/runtime';
import { PrivateRedis, until } from '../../test/private-redis.ts';
import { connectRedis } from '../../test/shared-redis.ts';
import { RedisClient } from '../client/redis-client.ts';
import { budgetKey } from '../keys.ts';
import type { Bucket } from './bucket.ts';
import { BudgetScheduler, type Priority } from './budget-scheduler.ts';
import { BudgetStore } from './budget-store.ts';

/** One per 12.5 ms, 12 at once. */
const NUMBER: Bucket = { name: 'number', limit: 100, periodMs: 1_000 };

let redis: RedisClient;
let account: string;
let schedulers: BudgetScheduler[];

const scheduler = (buckets: Bucket[], client = redis) => {
  const one = new BudgetScheduler(new BudgetStore(client, account), buckets);
  schedulers.push(one);
  return one;
};
const idle = (bucket: Bucket, client = redis) =>
  client.client.hset(budgetKey(account, bucket.name), 'run', client.runId!, 'virtual', 1);

beforeEach(async () => {
  redis = await connectRedis();
  account = `account-${randomUUID()}`;
  schedulers = [];
});
afterEach(async () => {
  for (const one of schedulers) one.close();
  await redis.close();
});

describe('waiters', () => {
  const order = async (one: BudgetScheduler, priorities: Priority[]): Promise<number[]> => {
    const served: number[] = [];
    await Promise.all(priorities.map((priority, index) => one.take(priority).then(() => served.push(index))));
    return served;
  };

  it('are served first in, first out', async () => {
    const served = await order(
      scheduler([NUMBER]),
      Array.from({ length: 30 }, () => 'campaign'),
    );
    expect(served).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });

  it('who are transactional are served before campaigns, each first in, first out', async () => {
    const t = 'transactional';
    const c = 'campaign';
    expect(await order(scheduler([NUMBER]), [c, t, c, t, t, c])).toEqual([1, 3, 4, 0, 2, 5]);
  });

  it('are counted, and leave when they give up', async () => {
    const one = scheduler([NUMBER]);
    const leaving = new AbortController();
    const left = one.take('transactional', leaving.signal);
    const stays = one.take();
    expect(one.waiting).toBe(2);
    leaving.abort(new Error('no longer needed'));
    await expect(left).rejects.toThrow('no longer needed');
    expect(one.waiting).toBe(1);
    await stays;
    expect([one.waiting, one.counts.handedOut]).toEqual([0, 1]);
    await expect(one.take('campaign', leaving.signal)).rejects.toThrow('no longer needed');
  });

  it('are sent away when the scheduler closes', async () => {
    const one = scheduler([NUMBER]);
    const waits = one.take();
    one.close();
    await expect(waits).rejects.toThrow(Unavailable);
    await expect(one.take()).rejects.toThrow('redis is unavailable: the budget scheduler is closed');
  });

  it('get grants that end 100 ms after Redis was asked', async () => {
    const before = performance.now();
    const { deadline } = await scheduler([NUMBER]).take();
    expect(deadline).toBeGreaterThanOrEqual(before + 100);
    expect(deadline).toBeLessThanOrEqual(performance.now() + 100);
  });

  it('who come at once are asked for at once', async () => {
    await idle(NUMBER);
    const one = scheduler([NUMBER]);
    const grants = await Promise.all(Array.from({ length: 12 }, () => one.take()));
    expect(new Set(grants.map(({ deadline }) => deadline)).size).toBe(1);
  });
});

describe('a pause', () => {
  it('stops this process at once and the other one with its next request', async () => {
    await idle(NUMBER);
    const other = await connectRedis(redis.namespace);
    const [here, there] = [scheduler([NUMBER]), scheduler([NUMBER], other)];
    const paused = here.pauseFor(300);
    const started = performance.now();
    const grants = [here.take(), paused.then(() => there.take())];
    await Promise.all(grants);
    expect(performance.now() - started).toBeGreaterThanOrEqual(299);
    await other.close();
  });

  it('holds in this process although Redis lost it', async () => {
    await idle(NUMBER);
    const one = scheduler([NUMBER]);
    const started = performance.now();
    await one.pauseFor(200);
    await redis.client.del(budgetKey(account, NUMBER.name));
    await one.take();
    expect(performance.now() - started).toBeGreaterThanOrEqual(199);
  });
});

describe('while Redis is gone', () => {
  it('everybody keeps waiting, and is served when it is back', async () => {
    const server = await PrivateRedis.start();
    const client = new RedisClient({ url: server.url, namespace: '', commandTimeoutMs: 200 });
    try {
      await client.whenUp();
      const one = scheduler([NUMBER], client);
      await server.down();
      await until('the connection is down', () => client.runId === undefined);
      const served: number[] = [];
      const waits = [0, 1, 2].map((index) => one.take().then(() => served.push(index)));
      await server.up();
      await Promise.all(waits);
      expect(served).toEqual([0, 1, 2]);
    } finally {
      for (const one of schedulers) one.close();
      await client.close();
      await server.end();
    }
  });

  it('grants that come too late are thrown away', async () => {
    const server = await PrivateRedis.start();
    const client = new RedisClient({ url: server.url, namespace: '' });
    try {
      await client.whenUp();
      await idle(NUMBER, client);
      const one = scheduler([NUMBER], client);
      server.signal('SIGSTOP');
      const asked = performance.now();
      const waits = one.take();
      await until('a grant would be too late', () => performance.now() > asked + 150);
      server.signal('SIGCONT');
      const { deadline } = await waits;
      expect(deadline).toBeGreaterThan(asked + 240);
      expect(one.counts).toEqual({ handedOut: 1, thrownAway: 1 });
    } finally {
      for (const one of schedulers) one.close();
      await client.close();
      await server.end();
    }
  });
});
