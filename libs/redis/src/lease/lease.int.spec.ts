import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { RedisClient } from '../client/redis-client.ts';
import { LeaseStore } from './lease-store.ts';
import { Lease } from './lease.ts';

const TTL_MS = 1_500;
let redis: RedisClient;
let store: LeaseStore;

const take = async (account: string, token = randomUUID()) => (await Lease.take(store, account, token, TTL_MS)).lease;
const key = (account: string) => `{spec:${account}}:lease`;
const ends = (lease: Lease) =>
  waitFor(() => lease.signal.aborted && (lease.signal.reason as Error).message, { description: 'the lease ends' });

beforeAll(async () => {
  redis = new RedisClient({ url: testRedisUrl(), namespace: uniqueNamespace('lease') });
  await redis.whenUp();
  store = new LeaseStore(redis, 'spec');
});

afterAll(() => redis.close());

describe('the lease of an account', () => {
  it('has one holder, for as long as that one renews it', async () => {
    const lease = await take('kept');
    const until = performance.now() + 3 * TTL_MS;
    while (performance.now() < until) expect(await take('kept')).toBeUndefined();
    expect(lease!.signal.aborted).toBe(false);
    await lease!.release();
  });

  it('is free again at once when it was given back, and its signal says so', async () => {
    const lease = await take('given-back');
    await lease!.release();
    expect(await ends(lease!)).toContain('given back');
    const next = await take('given-back');
    expect(next).toBeDefined();
    await next!.release();
  });

  it('is one for each account', async () => {
    const leases = [await take('one'), await take('other')];
    expect(leases.every((lease) => lease !== undefined)).toBe(true);
    await Promise.all(leases.map((lease) => lease!.release()));
  });

  it('is free again after a holder fell silent, and not before', async () => {
    await store.take('silent', 'somebody who died', TTL_MS);
    const takenAt = performance.now();
    const lease = await waitFor(() => take('silent'), { description: 'the lease is free', intervalMs: 10 });
    expect(performance.now() - takenAt).toBeGreaterThanOrEqual(TTL_MS - 20);
    await lease.release();
  });

  it('ends for a holder from whom it was taken, who does not take it from the other one', async () => {
    const lease = await take('lost');
    await redis.client.set(key('lost'), 'somebody else', 'PX', 60_000);
    expect(await ends(lease!)).toContain('another replica has it');
    await lease!.release();
    expect(await redis.client.get(key('lost'))).toBe('somebody else');
  });

  it('ends on our own clock when it cannot be renewed', async () => {
    const other = new RedisClient({ url: testRedisUrl(), namespace: redis.namespace });
    await other.whenUp();
    const { lease } = await Lease.take(new LeaseStore(other, 'spec'), 'cut-off', 'token', TTL_MS);
    const { endsAt } = lease!;
    await other.close();
    expect(await ends(lease!)).toContain('could not be renewed');
    expect(performance.now()).toBeGreaterThanOrEqual(endsAt - 5);
  });

  it('is found again by the same token: an answer that was lost keeps nobody out', async () => {
    const token = randomUUID();
    await store.take('answer-lost', token, TTL_MS);
    const lease = await take('answer-lost', token);
    expect(lease).toBeDefined();
    await lease!.release();
  });
});

describe('the moment of the last round', () => {
  it('is known to every replica, once there was one', async () => {
    const first = await Lease.take(store, 'read', 'a', TTL_MS);
    expect(first.doneAgoMs).toBeUndefined();
    await first.lease!.markDone();
    const second = await Lease.take(store, 'read', 'b', TTL_MS);
    expect(second.lease).toBeUndefined();
    expect(second.doneAgoMs).toBeGreaterThanOrEqual(0);
    expect(second.doneAgoMs).toBeLessThan(60_000);
    await first.lease!.release();
  });

  it('is not noted by a replica whose lease is over', async () => {
    const { lease } = await Lease.take(store, 'over', 'a', TTL_MS);
    await redis.client.set(key('over'), 'somebody else', 'PX', 60_000);
    await lease!.markDone();
    expect((await Lease.take(store, 'over', 'b', TTL_MS)).doneAgoMs).toBeUndefined();
    await lease!.release();
  });
});
