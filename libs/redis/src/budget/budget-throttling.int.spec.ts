import { describe, expect, it } from '@jest/globals';
import { BudgetFixture } from '../../test/budget/budget-fixture.ts';
import { type Bucket, paceOf } from './bucket.ts';

const fixture = BudgetFixture.use();

/** 80 a second, 12 at once. */
const NUMBER: Bucket = { name: 'number:1', limit: 100, periodMs: 1_000 };
const OTHER: Bucket = { ...NUMBER, name: 'number:2' };
const demand = (...buckets: Bucket[]) => ({ buckets, priority: 'transactional' as const });
const moments = (from: number, by?: string) =>
  fixture.got.filter((one) => one.at > from && (by === undefined || one.by === by)).map(({ at }) => at - from);

describe('throttled until a named moment', () => {
  it('everybody stops until then, in every process, and goes on in order; others are not concerned', async () => {
    await fixture.idle(NUMBER, OTHER);
    for (const replica of [0, 1, 2]) fixture.saturate(demand(NUMBER), 30, { replica, by: `${replica}` });
    fixture.saturate(demand(OTHER), 30, { by: 'other' });
    await fixture.runFor(500);
    const from = fixture.now;
    await fixture.outcome(fixture.budget.pauseFor(5_000, NUMBER));
    await fixture.runFor(7_000);
    // What the others had under way when Redis heard of it; here nothing at all.
    expect(moments(from, '0').filter((at) => at < 5_000)).toEqual([]);
    expect(moments(from, '1').filter((at) => at > 5 && at < 5_000)).toEqual([]);
    expect(moments(from, '2').filter((at) => at > 5 && at < 5_000)).toEqual([]);
    for (const by of ['0', '1', '2']) {
      expect(moments(from, by).length).toBeGreaterThan(20);
      const asked = fixture.got.filter((one) => one.by === by).map((one) => one.asked);
      expect(asked).toEqual([...asked].sort((a, b) => a - b));
    }
    expect(moments(from, 'other').length).toBeGreaterThanOrEqual(0.98 * 7 * 80);
  });

  it('grants that were under way are thrown away', async () => {
    await fixture.idle(NUMBER);
    fixture.passage = { thereMs: 10, backMs: 10 };
    void fixture.take(demand(NUMBER));
    await fixture.runFor(15);
    await fixture.outcome(fixture.budget.pauseFor(1_000, NUMBER));
    expect(fixture.got).toEqual([]);
    expect(fixture.budget.snapshot().thrownAway).toBe(1);
    const paused = fixture.now;
    await fixture.runFor(1_100);
    expect(moments(paused)).toHaveLength(1);
  });

  it('this process stops although Redis lost it', async () => {
    await fixture.idle(NUMBER);
    const from = fixture.now;
    await fixture.outcome(fixture.budget.pauseFor(500, NUMBER));
    await fixture.redis[0]!.client.del(fixture.key(NUMBER.name));
    void fixture.take(demand(NUMBER));
    await fixture.runFor(1_000);
    expect(moments(from)[0]).toBeGreaterThanOrEqual(500);
  });

  it('of several moments the last one counts', async () => {
    await fixture.idle(NUMBER);
    const from = fixture.now;
    await fixture.outcome(fixture.budget.pauseFor(3_000, NUMBER));
    await fixture.outcome(fixture.budgets[1]!.pauseFor(10, NUMBER));
    void fixture.take(demand(NUMBER), { replica: 2 });
    await fixture.runFor(4_000);
    expect(moments(from)[0]).toBeGreaterThanOrEqual(3_000);
  });
});

describe('throttled without a named moment', () => {
  const fullPace = 1_000 / (paceOf(NUMBER).intervalUs / 1_000);

  const exactly = () => void (fixture.random = () => 0.5);

  it('everybody stops for 2 s, and goes on without burst at half the pace, which recovers by a tenth a period', async () => {
    exactly();
    await fixture.idle(NUMBER);
    fixture.saturate(demand(NUMBER), 30, { replica: 1 });
    await fixture.runFor(500);
    const from = fixture.now;
    await fixture.outcome(fixture.budget.slowDown(NUMBER));
    await fixture.runFor(9_000);
    const at = moments(from).filter((ms) => ms > 5);
    const inSecond = (second: number) => at.filter((ms) => ms >= second * 1_000 && ms < (second + 1) * 1_000).length;
    expect(inSecond(0) + inSecond(1)).toBe(0);
    // The first 100 ms would hold a burst of 12.
    expect(at.filter((ms) => ms >= 2_000 && ms < 2_100).length).toBeLessThanOrEqual(6);
    [0.55, 0.65, 0.75, 0.85, 0.95, 1].forEach((factor, second) => {
      expect(inSecond(2 + second)).toBeGreaterThanOrEqual(0.95 * factor * fullPace);
      expect(inSecond(2 + second)).toBeLessThanOrEqual(1.05 * factor * fullPace);
    });
  });

  it('again and again stops for 2, 4, 8 and 8 s, ever slower; once recovered it begins anew', async () => {
    await fixture.idle(NUMBER);
    const pauses: number[] = [];
    const throttle = async () => pauses.push(await fixture.outcome(fixture.stores[0]!.slowDown(NUMBER, 1)));
    for (let time = 0; time < 4; time++) {
      await throttle();
      await fixture.runFor(pauses.at(-1)! + 10);
      void fixture.take(demand(NUMBER));
      await fixture.runFor(100);
    }
    expect(fixture.budget.snapshot().buckets[0]!.factor).toBeLessThan(0.2);
    await fixture.runFor(10_000);
    await throttle();
    expect(pauses.map((ms) => Math.round(ms / 100) / 10)).toEqual([2, 4, 8, 8, 2]);
  });

  it('what everybody reports of one throttling counts once', async () => {
    await fixture.idle(NUMBER);
    for (const budget of fixture.budgets) fixture.time.watch(budget.slowDown(NUMBER));
    await fixture.runFor(500);
    for (const budget of fixture.budgets) fixture.time.watch(budget.slowDown(NUMBER));
    await fixture.runFor(2_000);
    void fixture.take(demand(NUMBER));
    await fixture.runFor(100);
    const snapshot = fixture.budget.snapshot();
    expect(snapshot.buckets[0]!.factor).toBeGreaterThanOrEqual(0.5);
    expect(snapshot.buckets[0]!.factor).toBeLessThan(0.6);
    expect(snapshot.throttled).toEqual({ number: 2 });
  });

  it('stops for a quarter less to a quarter more, by chance', async () => {
    const pauses: number[] = [];
    for (const random of [0, 0.999]) {
      fixture.random = () => random;
      const bucket = { ...NUMBER, name: `number:${random}` };
      await fixture.outcome(fixture.budget.slowDown(bucket));
      pauses.push(fixture.budget.snapshot().buckets.find(({ name }) => name === bucket.name)!.pausedMs);
    }
    expect(pauses.map((ms) => Math.round(ms / 10) / 100)).toEqual([1.5, 2.5]);
  });

  it('a pair stops for 1, 4, 16 s, and nobody else', async () => {
    await fixture.idle(NUMBER);
    const pair = { name: 'pair:1:c', limit: 1, periodMs: 6_000, borrow: 45 };
    const pauses: number[] = [];
    for (let time = 0; time < 3; time++) {
      pauses.push(await fixture.outcome(fixture.stores[0]!.slowDown(pair, 1)));
      await fixture.runFor(pauses.at(-1)! + 10);
    }
    expect(pauses).toEqual([1_000, 4_000, 16_000]);
    await fixture.outcome(fixture.budget.slowDown(pair));
    void fixture.take(demand(NUMBER, pair), { by: 'pair' });
    void fixture.take(demand(NUMBER), { by: 'other' });
    await fixture.runFor(100);
    expect([fixture.count('pair'), fixture.count('other')]).toEqual([0, 1]);
    expect(fixture.budget.snapshot()).toMatchObject({ throttled: { pair: 1 }, pairsAsleep: 1 });
  });
});

describe('what the provider says is left', () => {
  it('is never exceeded before it counts anew, by whomever', async () => {
    const bucket = { name: 'requests', limit: 500, periodMs: 60_000 };
    await fixture.idle(bucket);
    fixture.budget.observeRemaining(bucket, 7, 20_000);
    const from = fixture.now;
    fixture.saturate(demand(bucket), 10);
    await fixture.runFor(10);
    fixture.saturate(demand(bucket), 10, { replica: 1 });
    await fixture.runFor(19_980);
    expect(fixture.got).toHaveLength(7);
    await fixture.runFor(1_000);
    expect(moments(from + 20_000).length).toBeGreaterThan(90);
  });

  it('said twice before it counts anew, the lower one holds', async () => {
    const bucket = { name: 'requests', limit: 500, periodMs: 60_000 };
    await fixture.idle(bucket);
    for (const left of [4, 9]) fixture.budget.observeRemaining(bucket, left, 20_000);
    void fixture.take(demand(bucket));
    await fixture.runFor(10);
    fixture.budget.observeRemaining(bucket, 30, 19_000);
    fixture.saturate(demand(bucket), 10);
    await fixture.runFor(10_000);
    expect(fixture.got).toHaveLength(4);
  });

  it('without a moment at which it counts anew, the last word holds', async () => {
    const bucket = { name: 'requests', limit: 500, periodMs: 60_000 };
    await fixture.idle(bucket);
    fixture.budget.observeRemaining(bucket, 2, undefined);
    fixture.saturate(demand(bucket), 10);
    await fixture.runFor(10_000);
    expect(fixture.got).toHaveLength(2);
    fixture.budget.observeRemaining(bucket, 5, undefined);
    void fixture.budgets[1]!.observeRemaining(bucket, 5, undefined);
    void fixture.take(demand(bucket), { replica: 1 });
    await fixture.runFor(60_000);
    expect(fixture.count('')).toBeGreaterThanOrEqual(2 + 5);
  });
});
