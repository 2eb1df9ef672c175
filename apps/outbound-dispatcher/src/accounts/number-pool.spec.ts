import { describe, expect, it } from '@jest/globals';
import { Account, AccountBuckets, type Sender } from '@heliograph/accounts';
import type { Bucket } from '@heliograph/redis';
import { NumberPool } from './number-pool.ts';

const NUMBERS = ['15550000001', '15550000002', '15550000003'];
const sender: Sender = { name: 'news', channel: 'sms', addresses: NUMBERS, queueId: 'q', optInOnRecord: true };
const limit = { requests: 100, perSeconds: 1 };
const limits = { tenant: limit, client: null, agentless: null, campaign: null, pair: null, campaignShare: 0.8 };

function setUp(levels: number[], number: typeof limit | null = limit) {
  const clock = { now: 0 };
  const account = new Account({
    id: 'a',
    tenant: 't',
    profile: 'p',
    api: { baseUrl: 'http://x', tokenUrl: 'http://x' },
    client: { id: 'c' },
    limits: { ...limits, number },
    requestTimeoutMs: 1_000,
    senders: [sender],
  });
  const budget = { levels: (buckets: readonly Bucket[]) => Promise.resolve(buckets.map((_, index) => levels[index]!)) };
  const pool = new NumberPool(new AccountBuckets(account), budget, () => clock.now);
  const choose = async (count: number) => {
    const chosen = [];
    for (let done = 0; done < count; done++) chosen.push(NUMBERS.indexOf(await pool.choose(sender)));
    return chosen;
  };
  return { choose, clock };
}
const counts = (chosen: number[]) => NUMBERS.map((_, index) => chosen.filter((one) => one === index).length);

describe('a pool of numbers', () => {
  it('gives a new contact to the number with the most budget', async () => {
    expect(await setUp([0, 12, 3]).choose(1)).toEqual([1]);
  });

  it('spreads a burst evenly although what is known of the buckets is old', async () => {
    expect(counts(await setUp([12, 12, 12]).choose(300))).toEqual([100, 100, 100]);
    expect(counts(await setUp([0, 0, 12]).choose(12))).toEqual([0, 0, 12]);
    expect(counts(await setUp([0, 0, 12]).choose(312))).toEqual([100, 100, 112]);
  });

  it('forgets as fast as a number can send', async () => {
    const { choose, clock } = setUp([5, 0, 0]);
    await choose(5);
    clock.now += 1_000;
    expect(await choose(5)).toEqual([0, 0, 0, 0, 0]);
  });

  it('lets numbers without a limit take turns', async () => {
    expect(counts(await setUp([], null).choose(30))).toEqual([10, 10, 10]);
  });
});
