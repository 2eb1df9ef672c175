import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FenceLost } from '@heliograph/runtime';
import { PrivateRedis, until } from '../../test/private-redis.ts';
import { RedisClient } from '../client/redis-client.ts';
import { FencedGate } from '../fence/fenced-gate.ts';
import { freshnessKey } from '../keys.ts';
import { FreshnessStore } from './freshness-store.ts';

const GROUP = 'stage';
const PATH = 'templates';

let server: PrivateRedis;
let redis: RedisClient;
let store: FreshnessStore;
let gate: FencedGate;

beforeAll(async () => {
  server = await PrivateRedis.start();
  redis = new RedisClient({ url: server.url, namespace: 'n:' });
  store = new FreshnessStore(redis, { group: GROUP, path: PATH });
  gate = new FencedGate(redis, { group: GROUP });
});
beforeEach(async () => {
  await redis.whenUp();
  await redis.client.flushall();
});
afterAll(async () => {
  await redis.close();
  await server.end();
});

const lowest = async (partitions = 1) => (await store.read(partitions)).lowest?.ms;

describe('freshness marks', () => {
  it('are as late as the latest moment they were raised to, and never go back', async () => {
    const fence = await gate.admit(0, 1);
    const { run, ms } = await store.now();
    await store.mark(0, { run, ms }, fence);
    await store.mark(0, { run, ms: ms - 500 }, fence);
    expect(await lowest()).toBe(ms);
  });

  it('together are the lowest of all partitions, and nothing while one is missing', async () => {
    const fences = await Promise.all([0, 1, 2].map((partition) => gate.admit(partition, 1)));
    const { run, ms } = await store.now();
    await store.mark(0, { run, ms: ms - 3 }, fences[0]!);
    await store.mark(1, { run, ms: ms - 7 }, fences[1]!);
    expect(await lowest(3)).toBeUndefined();
    await store.mark(2, { run, ms }, fences[2]!);
    expect(await lowest(3)).toBe(ms - 7);
  });

  it('cannot be raised under an earlier fence than the present one, nor without one', async () => {
    const zombie = await gate.admit(0, 1);
    const moment = await store.now();
    await store.mark(0, moment, zombie);
    await gate.admit(0, 2);
    await expect(store.mark(0, { ...moment, ms: moment.ms + 1 }, zombie)).rejects.toThrow(FenceLost);
    await expect(store.mark(1, moment, zombie)).rejects.toThrow(FenceLost);
    expect(await lowest()).toBe(moment.ms);
  });

  it('are gone when Redis was flushed', async () => {
    await store.mark(0, await store.now(), await gate.admit(0, 1));
    await redis.client.flushall();
    expect(await lowest()).toBeUndefined();
  });

  it('of another Redis run say nothing, and a moment of one marks nothing', async () => {
    const before = await store.now();
    await store.mark(0, before, await gate.admit(0, 1));
    const kept = await redis.client.get(freshnessKey(0, GROUP, PATH));
    await server.down();
    await server.up();
    await until('the new Redis is verified', () => redis.runId !== undefined && redis.runId !== before.run);
    await redis.client.set(freshnessKey(0, GROUP, PATH), kept!);
    expect(await lowest()).toBeUndefined();
    const fence = await gate.admit(0, 2);
    await store.mark(0, before, fence);
    expect(await lowest()).toBeUndefined();
    const now = await store.now();
    await store.mark(0, now, fence);
    expect(await lowest()).toBe(now.ms);
  });

  it('ahead of the clock, because it was stepped back, say nothing and can be lowered', async () => {
    const fence = await gate.admit(0, 1);
    const { run, ms } = await store.now();
    await store.mark(0, { run, ms: ms + 60_000 }, fence);
    expect(await lowest()).toBeUndefined();
    await store.mark(0, { run, ms }, fence);
    expect(await lowest()).toBe(ms);
  });
});
