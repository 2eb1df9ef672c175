import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { RedisClient } from '../client/redis-client.ts';
import { LeaseStore } from './lease-store.ts';
import { LeasedRounds } from './leased-rounds.ts';

const HOUR_MS = 3_600_000;
let redis: RedisClient;

beforeAll(async () => {
  redis = new RedisClient({ url: testRedisUrl(), namespace: uniqueNamespace('rounds') });
  await redis.whenUp();
});

afterAll(() => redis.close());

describe('rounds under a lease', () => {
  it('begin at once when they are woken, also when that was during a round', async () => {
    const stop = new AbortController();
    let rounds = 0;
    const leased: LeasedRounds = new LeasedRounds({
      account: 'woken',
      leases: new LeaseStore(redis, 'spec'),
      everyMs: HOUR_MS,
      leaseMs: 3_000,
      round: () => {
        if (++rounds === 2) leased.wake();
        return Promise.resolve({ kind: 'ok' });
      },
    });
    const running = leased.run(stop.signal);
    await waitFor(() => rounds === 1, { description: 'the first round' });
    await waitFor(() => (leased.wake(), rounds >= 3), { description: 'two more, the last one woken by the second' });
    stop.abort();
    await running;
  });

  it('give the lease back only when what was begun beside them has ended', async () => {
    const stop = new AbortController();
    const leases = new LeaseStore(redis, 'spec');
    let rounds = 0;
    let heldWhileEnding: boolean | undefined;
    const leased = new LeasedRounds({
      account: 'ending',
      leases,
      everyMs: HOUR_MS,
      leaseMs: 3_000,
      round: () => Promise.resolve({ kind: (rounds++, 'ok') }),
      ended: async () => {
        const { ours } = await leases.take('ending', 'somebody else', 3_000);
        heldWhileEnding = !ours;
      },
    });
    const running = leased.run(stop.signal);
    await waitFor(() => rounds === 1, { description: 'the first round' });
    stop.abort();
    await running;
    expect(heldWhileEnding).toBe(true);
    expect((await leases.take('ending', 'somebody else', 3_000)).ours).toBe(true);
  });
});
