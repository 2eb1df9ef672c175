import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../test/private-redis.ts';
import { connectRedis } from '../../test/shared-redis.ts';
import type { RedisClient } from '../client/redis-client.ts';
import { budgetKey } from '../keys.ts';
import type { Bucket } from './bucket.ts';
import { BudgetStore } from './budget-store.ts';

/** One per 150 ms, 99 at once. */
const TENANT: Bucket = { name: 'tenant', limit: 500, periodMs: 60_000 };
/** One per 12.5 ms, 12 at once. */
const NUMBER: Bucket = { name: 'number', limit: 100, periodMs: 1_000 };
/** One per 75 s. */
const SLOW: Bucket = { name: 'slow', limit: 1, periodMs: 60_000 };

let redis: RedisClient;
let store: BudgetStore;

const key = (bucket: Bucket) => budgetKey(store.account, bucket.name);
/** Makes the bucket look as if nothing had been taken for long. */
const idle = (bucket: Bucket) => redis.client.hset(key(bucket), 'run', redis.runId!, 'virtual', 1);

beforeAll(async () => void (redis = await connectRedis()));
afterAll(() => redis.close());
beforeEach(() => void (store = new BudgetStore(redis, `account-${randomUUID()}`)));

describe('a bucket that Redis does not have', () => {
  it('starts without burst: nothing at first, then one per interval', async () => {
    const first = await store.take([TENANT], 50);
    expect(first.granted).toBe(0);
    expect(first.waitMs).toBe(150);
    await until('the interval has passed', async () => (await store.take([TENANT], 0)).waitMs === 0);
    const next = await store.take([TENANT], 50);
    expect(next.granted).toBe(1);
    expect(next.waitMs).toBeGreaterThan(50);
  });

  it('because it was flushed grants no burst again', async () => {
    await idle(TENANT);
    expect((await store.take([TENANT], 1_000)).granted).toBe(99);
    await redis.client.del(key(TENANT));
    expect(await store.take([TENANT], 1_000)).toEqual({ granted: 0, waitMs: 150 });
  });
});

describe('a bucket of another Redis run', () => {
  it('starts without burst: the run before may have granted more than its file remembers', async () => {
    await idle(TENANT);
    await redis.client.hset(key(TENANT), 'run', 'the-run-before');
    expect(await store.take([TENANT], 10)).toEqual({ granted: 0, waitMs: 150 });
  });
});

describe('a bucket', () => {
  it('grants its burst after a rest, as much of it as is asked for, and then waits an interval', async () => {
    await idle(TENANT);
    expect(await store.take([TENANT], 60)).toEqual({ granted: 60, waitMs: 0 });
    const rest = await store.take([TENANT], 60);
    expect(rest.granted).toBe(39);
    expect(rest.waitMs).toBeGreaterThan(100);
    expect(rest.waitMs).toBeLessThanOrEqual(150);
  });

  it('grants each grant once, to however many ask at the same instant', async () => {
    await idle(TENANT);
    const taken = await Promise.all(Array.from({ length: 40 }, () => store.take([TENANT], 7)));
    expect(taken.reduce((sum, { granted }) => sum + granted, 0)).toBe(99);
  });

  it('whose clock was set back waits one interval, not the difference', async () => {
    const tomorrow = ((await redis.time()) + 86_400_000) * 1_000;
    await redis.client.hset(key(TENANT), 'run', redis.runId!, 'virtual', tomorrow);
    expect(await store.take([TENANT], 1)).toEqual({ granted: 0, waitMs: 150 });
  });

  it('is kept for a day after the last grant', async () => {
    await store.take([TENANT], 1);
    expect(await redis.client.pttl(key(TENANT))).toBeGreaterThan(86_390_000);
  });
});

describe('several buckets', () => {
  it('grant as many as conform in all of them', async () => {
    await Promise.all([idle(TENANT), idle(NUMBER)]);
    expect((await store.take([TENANT, NUMBER], 50)).granted).toBe(12);
    expect((await store.take([TENANT], 1_000)).granted).toBe(99 - 12);
  });

  it('take from none of them when one has nothing', async () => {
    await Promise.all([idle(TENANT), idle(SLOW)]);
    expect((await store.take([TENANT, SLOW], 5)).granted).toBe(1);
    const refused = await store.take([TENANT, SLOW], 5);
    expect(refused.granted).toBe(0);
    expect(refused.waitMs).toBeGreaterThan(70_000);
    expect((await store.take([TENANT], 1_000)).granted).toBe(99 - 1);
  });

  it('of an account stand in one slot', () => {
    expect([key(TENANT), key(NUMBER)]).toEqual([`{b:${store.account}}:tenant`, `{b:${store.account}}:number`]);
  });
});

describe('a pause', () => {
  it('stops everybody who takes from the bucket, and says for how long', async () => {
    await Promise.all([idle(TENANT), idle(NUMBER)]);
    expect(await store.pauseFor('tenant', 30_000)).toBe(30_000);
    const taken = await store.take([NUMBER, TENANT], 5);
    expect(taken.granted).toBe(0);
    expect(taken.waitMs).toBeGreaterThan(29_000);
    expect(taken.waitMs).toBeLessThanOrEqual(30_000);
    expect((await store.take([NUMBER], 5)).granted).toBe(5);
  });

  it('is as long as the longest that was asked for', async () => {
    await store.pauseFor('tenant', 30_000);
    expect(await store.pauseFor('tenant', 10)).toBeGreaterThan(29_000);
    expect(await store.pauseFor('tenant', 90_000)).toBe(90_000);
  });

  it('ends by itself, and what was there before is there again', async () => {
    await idle(TENANT);
    await store.pauseFor('tenant', 30);
    await until('the pause is over', async () => (await store.take([TENANT], 0)).waitMs === 0);
    expect((await store.take([TENANT], 1_000)).granted).toBe(99);
  });

  it('of a bucket that nobody has used gives it no burst', async () => {
    await store.pauseFor('tenant', 1);
    expect((await store.take([TENANT], 5)).granted).toBe(0);
    await until('the interval has passed', async () => (await store.take([TENANT], 0)).waitMs === 0);
    expect((await store.take([TENANT], 5)).granted).toBe(1);
  });
});
