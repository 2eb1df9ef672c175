import { describe, expect, it } from '@jest/globals';
import { BudgetFixture } from '../../test/budget/budget-fixture.ts';
import { type Bucket, paceOf } from './bucket.ts';

const fixture = BudgetFixture.use();

const demand = (...buckets: Bucket[]) => ({ buckets, priority: 'transactional' as const });
const campaign = (...buckets: Bucket[]) => ({ buckets, priority: 'campaign' as const });
/** How many are refilled in so long. */
const refill = (bucket: Bucket, ms: number) => (ms * 1_000) / paceOf(bucket).intervalUs;

describe('in saturation at least 98 % of the refill is used', () => {
  it.each([
    { limit: 200, periodMs: 1_000, replicas: 1 },
    { limit: 200, periodMs: 1_000, replicas: 3 },
    { limit: 10_000, periodMs: 1_000, replicas: 2 },
    { limit: 7, periodMs: 1_000, replicas: 3 },
    { limit: 500, periodMs: 60_000, replicas: 3 },
    { limit: 1, periodMs: 6_000, replicas: 3 },
  ])('of $limit per $periodMs ms by $replicas replicas', async ({ limit, periodMs, replicas }) => {
    const bucket = { name: 'requests', limit, periodMs };
    const lengthMs = Math.max(1_000, (400 * paceOf(bucket).intervalUs) / 1_000);
    for (let replica = 0; replica < replicas; replica++) {
      fixture.saturate(demand(bucket), limit > 1_000 ? 100 : 20, { replica });
    }
    await fixture.runFor(lengthMs);
    const all = refill(bucket, lengthMs);
    expect(fixture.got.length).toBeGreaterThanOrEqual(Math.floor(0.98 * all));
    expect(fixture.got.length).toBeLessThanOrEqual(all);
  });

  it('though answers take long and the event loop stands still, as long as the burst covers it', async () => {
    const bucket = { name: 'requests', limit: 500, periodMs: 1_000 };
    fixture.passage = { thereMs: 4, backMs: 12 };
    for (const replica of [0, 1]) {
      fixture.saturate(demand(bucket), 400, { replica });
      for (let at = 100; at < 5_000; at += 170) fixture.time.at(fixture.now + at, () => stall(replica));
    }
    const stall = (replica: number) => fixture.processes[replica]!.stall(60);
    await fixture.runFor(5_000);
    expect(fixture.got.length).toBeGreaterThanOrEqual(0.98 * refill(bucket, 5_000));
  });

  it('of 20 numbers at once, each waiter with a pair of its own', async () => {
    const tenant = { name: 'tenant', limit: 100_000, periodMs: 1_000 };
    const numbers = Array.from({ length: 20 }, (_, n) => ({ name: `number:${n}`, limit: 80, periodMs: 1_000 }));
    await fixture.idle(...numbers, tenant);
    let contact = 0;
    for (const number of numbers) {
      for (let i = 0; i < 250; i++) {
        const pair = { name: `pair:${number.name}:${contact++}`, limit: 1, periodMs: 6_000, borrow: 45 };
        void fixture.take(demand(tenant, number, pair), { replica: contact % 3, by: number.name });
      }
    }
    await fixture.runFor(2_000);
    for (const number of numbers) {
      expect(fixture.count(number.name)).toBeGreaterThanOrEqual(Math.floor(0.98 * refill(number, 2_000)));
    }
  });
});

describe('several replicas that want everything', () => {
  it('get about the same, also the one that is far from Redis', async () => {
    const bucket = { name: 'requests', limit: 100, periodMs: 1_000 };
    for (const replica of [0, 1, 2]) fixture.saturate(demand(bucket), 50, { replica, by: `${replica}` });
    fixture.farAway(2, { thereMs: 1, backMs: 1 });
    await fixture.runFor(20_000);
    const part = refill(bucket, 20_000) / 3;
    for (const by of ['0', '1', '2']) expect(fixture.count(by) / part).toBeGreaterThan(0.5);
  });
});

describe('campaigns', () => {
  /** 80 a second. */
  const shared = { name: 'tenant', limit: 100, periodMs: 1_000, campaignShare: 0.5 };

  it('use everything while no transactional traffic asks', async () => {
    for (const replica of [0, 1, 2]) fixture.saturate(campaign(shared), 50, { replica });
    await fixture.runFor(10_000);
    expect(fixture.got.length).toBeGreaterThanOrEqual(0.98 * refill(shared, 10_000));
  });

  it('have their share, no more, while transactional traffic wants everything', async () => {
    fixture.saturate(campaign(shared), 50, { replica: 1, by: 'campaign' });
    fixture.saturate(demand(shared), 50, { replica: 0, by: 'transactional' });
    await fixture.runFor(10_000);
    const all = refill(shared, 10_000);
    expect(fixture.got.length).toBeGreaterThanOrEqual(0.98 * all);
    expect(fixture.count('campaign')).toBeLessThanOrEqual(0.5 * all + 10);
    expect(fixture.count('campaign')).toBeGreaterThanOrEqual(0.4 * all);
  });

  it('without a share use nothing while transactional traffic asks, and go on a second after it has ended', async () => {
    const none = { ...shared, campaignShare: 0 };
    const from = fixture.now;
    fixture.saturate(campaign(none), 50, { replica: 1, by: 'campaign' });
    for (let at = 1_000; at < 5_000; at += 500) fixture.time.at(from + at, () => void fixture.take(demand(none)));
    await fixture.runFor(8_000);
    expect(fixture.count('campaign', from + 1_020, from + 5_000)).toBe(0);
    expect(fixture.count('campaign', from, from + 1_000)).toBeGreaterThan(70);
    expect(fixture.count('campaign', from + 5_600, from + 8_000)).toBeGreaterThan(180);
  });

  it.each([
    ['of this process', 0],
    ['of other processes', 1],
  ])('%s, however many, keep a transactional request waiting for three intervals at most', async (_title, replica) => {
    const everyMs = paceOf(shared).intervalUs / 1_000;
    fixture.saturate(campaign(shared), 500, { replica });
    const from = fixture.now;
    for (let n = 1; n <= 100; n++) {
      // Alone, or after others shortly before.
      const at = from + 97 * n + (n % 3) * 1_500;
      fixture.time.at(at, () => void fixture.take(demand(shared), { by: 'transactional' }));
    }
    await fixture.runFor(15_000);
    const waits = fixture.got.filter(({ by }) => by === 'transactional').map(({ asked, at }) => at - asked);
    expect(waits).toHaveLength(100);
    expect(Math.max(...waits)).toBeLessThanOrEqual(3 * everyMs);
  });
});

describe('a pair', () => {
  const pair = { name: 'pair:n:c', limit: 1, periodMs: 6_000, borrow: 45 };

  it('gets 45 at once, then one per 6.1 s, and 45 at once when all is paid back', async () => {
    await fixture.idle();
    for (let i = 0; i < 100; i++) void fixture.take(demand(pair));
    await fixture.runFor(6_000);
    expect(fixture.got).toHaveLength(45);
    await fixture.runFor(10 * 6_100);
    expect(fixture.got).toHaveLength(55);
    await fixture.runFor(60 * 6_100);
    expect(fixture.got).toHaveLength(100);
    const before = fixture.now;
    await fixture.runFor(45 * 6_100);
    for (let i = 0; i < 60; i++) void fixture.take(demand(pair));
    await fixture.runFor(10);
    expect(fixture.got.filter(({ at }) => at > before)).toHaveLength(45);
  });

  it('that is new gets its first one at once', async () => {
    await fixture.idle();
    void fixture.take(demand(pair));
    await fixture.runFor(1);
    expect(fixture.got).toHaveLength(1);
  });

  it('owes, after Redis was lost, what it may have borrowed before: nothing for 6.1 s, then one per 6.1 s', async () => {
    await fixture.idle();
    for (let i = 0; i < 45; i++) void fixture.take(demand(pair));
    await fixture.runFor(1_000);
    const { client } = fixture.redis[0]!;
    await client.del(fixture.key(pair.name), `{b:${fixture.scope}}`);
    const lost = fixture.now;
    for (let i = 0; i < 10; i++) void fixture.take(demand(pair));
    await fixture.runFor(31_000);
    const moments = fixture.got.slice(45).map(({ at }) => Math.floor((at - lost) / 100));
    expect(moments).toEqual([61, 122, 183, 244, 305]);
  });

  it('that is full holds nobody back, and is no work while it is', async () => {
    const number = { name: 'number:n', limit: 1_000, periodMs: 1_000 };
    await fixture.idle(number);
    for (let i = 0; i < 1_000; i++) void fixture.take(demand(number, pair), { by: 'full' });
    await fixture.runFor(500);
    const { calls } = fixture;
    for (let i = 0; i < 40; i++) {
      void fixture.take(demand(number, { ...pair, name: `pair:n:${i}` }), { by: `other ${i}` });
    }
    await fixture.runFor(100);
    expect(fixture.got.filter(({ by }) => by !== 'full')).toHaveLength(40);
    await fixture.runFor(5_000);
    expect(fixture.calls - calls).toBeLessThan(20);
  });

  it('is forgotten once it is paid back', async () => {
    await fixture.idle();
    for (let i = 0; i < 10; i++) void fixture.take(demand(pair));
    await fixture.runFor(1);
    const left = await fixture.redis[0]!.client.pttl(fixture.key(pair.name));
    expect(left).toBeGreaterThan(10 * 6_100 - 10_000);
    expect(left).toBeLessThanOrEqual(10 * 6_100 + 1_000);
  });
});
