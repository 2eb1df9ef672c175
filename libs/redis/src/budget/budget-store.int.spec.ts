import { beforeEach, describe, expect, it } from '@jest/globals';
import { BudgetFixture } from '../../test/budget/budget-fixture.ts';
import { type Bucket, paceOf } from './bucket.ts';
import type { AskAnswer, BudgetStore } from './budget-store.ts';

const fixture = BudgetFixture.use();

/** One per 150 ms, 99 at once. */
const TENANT: Bucket = { name: 'tenant', limit: 500, periodMs: 60_000 };
/** One per 12.5 ms, 12 at once. */
const NUMBER: Bucket = { name: 'number:1', limit: 100, periodMs: 1_000 };
/** One per 75 s. */
const SLOW: Bucket = { name: 'slow', limit: 1, periodMs: 60_000 };

let store: BudgetStore;
beforeEach(() => {
  store = fixture.stores[0]!;
  fixture.passage = { thereMs: 0, backMs: 0 };
});

interface Asker {
  readonly buckets: readonly Bucket[];
  readonly count: number;
  readonly campaign?: boolean;
}

/** Several askers in one call. */
const ask = (...askers: Asker[]) => fixture.outcome(begin(...askers), 1);

function begin(...askers: Asker[]): Promise<AskAnswer> {
  const buckets = [...new Set(askers.flatMap((one) => one.buckets))];
  const request = {
    buckets: buckets.map((bucket) => ({ name: bucket.name, pace: paceOf(bucket) })),
    observations: [],
    asks: askers.map(({ campaign = false, count, buckets: of }) => ({
      campaign,
      count,
      buckets: of.map((bucket) => buckets.indexOf(bucket)),
    })),
  };
  return store.ask(request);
}

/** One asker. @returns how many were granted, and when there is one more, ms */
async function take(buckets: Bucket[], count: number): Promise<[granted: number, waitMs: number]> {
  const { granted, waitMs } = (await ask({ buckets, count })).asks[0]!;
  return [granted, waitMs];
}

const flush = () => fixture.redis[0]!.client.del(fixture.key('tenant'), `{b:${fixture.scope}}`);

describe('a bucket that Redis does not have', () => {
  it('starts without burst: nothing at first, then one per interval', async () => {
    expect(await take([TENANT], 50)).toEqual([0, 150]);
    await fixture.runFor(148.9);
    expect((await take([TENANT], 50))[0]).toBe(0);
    await fixture.runFor(0.1);
    expect((await take([TENANT], 50))[0]).toBe(1);
  });

  it('because it was flushed grants no burst again', async () => {
    await fixture.idle(TENANT);
    expect((await take([TENANT], 1_000))[0]).toBe(99);
    await flush();
    expect(await take([TENANT], 1_000)).toEqual([0, 150]);
  });
});

describe('a bucket of another Redis run', () => {
  it('starts without burst: the run before may have granted more than its file remembers', async () => {
    await fixture.idle(TENANT);
    await fixture.redis[0]!.client.hset(fixture.key('tenant'), 'run', 'the-run-before');
    expect(await take([TENANT], 10)).toEqual([0, 150]);
  });
});

describe('a bucket', () => {
  it('grants its burst after a rest, as much of it as is asked for, and then waits an interval', async () => {
    await fixture.idle(TENANT);
    expect(await take([TENANT], 60)).toEqual([60, 0]);
    // The half interval of tolerance, and the millisecond since.
    expect(await take([TENANT], 60)).toEqual([39, 74]);
  });

  it('grants each grant once, to however many ask at the same instant', async () => {
    await fixture.idle(TENANT);
    const askers = Array.from({ length: 40 }, () => begin({ buckets: [TENANT], count: 7 }));
    const taken = await fixture.outcome(Promise.all(askers));
    expect(taken.reduce((sum, { asks }) => sum + asks[0]!.granted, 0)).toBe(99);
  });

  it('whose clock was set back waits one interval, not the difference', async () => {
    const tomorrow = (fixture.now + 86_400_000) * 1_000;
    const { client, runId } = fixture.redis[0]!;
    await client.hset(fixture.key('tenant'), 'run', runId!, 'virtual', tomorrow);
    expect(await take([TENANT], 1)).toEqual([0, 150]);
  });

  it('is kept for a day after the last grant, or for three periods', async () => {
    const daily = { name: 'daily', limit: 250, periodMs: 86_400_000 };
    await ask({ buckets: [TENANT], count: 1 }, { buckets: [daily], count: 1 });
    const kept = (name: string) => fixture.redis[0]!.client.pttl(fixture.key(name));
    expect(await kept('tenant')).toBeGreaterThan(86_390_000);
    expect(await kept('daily')).toBeGreaterThan(3 * 86_390_000);
  });
});

describe('several buckets', () => {
  it('grant as many as conform in all of them', async () => {
    await fixture.idle(TENANT, NUMBER);
    expect((await take([TENANT, NUMBER], 50))[0]).toBe(12);
    expect((await take([TENANT], 1_000))[0]).toBe(99 - 12);
  });

  it('take from none of them when one has nothing', async () => {
    await fixture.idle(TENANT, SLOW);
    expect((await take([TENANT, SLOW], 5))[0]).toBe(1);
    const [granted, waitMs] = await take([TENANT, SLOW], 5);
    expect(granted).toBe(0);
    expect(waitMs).toBeGreaterThan(60_000);
    expect((await take([TENANT], 1_000))[0]).toBe(99 - 1);
  });

  it('of a scope stand behind one hash tag', () => {
    expect(fixture.key('tenant')).toBe(`{b:${fixture.scope}}:tenant`);
  });
});

describe('several askers in one call', () => {
  it('are served in their order, each from all of its buckets or not at all', async () => {
    await fixture.idle(TENANT, NUMBER, SLOW);
    const { asks, buckets } = await ask(
      { buckets: [TENANT, NUMBER], count: 10 },
      { buckets: [TENANT, SLOW], count: 3 },
      { buckets: [NUMBER, TENANT], count: 5 },
      { buckets: [TENANT], count: 100 },
    );
    expect(asks.map(({ granted }) => granted)).toEqual([10, 1, 2, 99 - 13]);
    expect(asks.map(({ full }) => ['tenant', 'number:1', 'slow'][full])).toEqual([
      undefined,
      'slow',
      'number:1',
      'tenant',
    ]);
    expect(buckets.map(({ level }) => level)).toEqual([0, 0, 0]);
  });

  it('who are campaigns have what transactional ones leave, and their share while those ask', async () => {
    const shared = { ...NUMBER, campaignShare: 0.5 };
    await fixture.idle(shared);
    const idle = await ask({ buckets: [shared], count: 4, campaign: true });
    expect(idle.asks[0]!.granted).toBe(4);
    const busy = await ask({ buckets: [shared], count: 1 }, { buckets: [shared], count: 12, campaign: true });
    // Their share of the burst are 6; 4 of them were taken just before.
    expect(busy.asks.map(({ granted }) => granted)).toEqual([1, 2]);
  });
});

describe('a pause', () => {
  it('stops everybody who takes from the bucket, and says for how long', async () => {
    await fixture.idle(TENANT, NUMBER);
    expect(await fixture.outcome(store.pauseFor(30_000, TENANT), 1)).toBe(30_000);
    expect(await take([NUMBER, TENANT], 5)).toEqual([0, 29_999]);
    expect((await take([NUMBER], 5))[0]).toBe(5);
  });

  it('is as long as the longest that was asked for', async () => {
    const pauses: number[] = [];
    for (const ms of [30_000, 10, 90_000]) pauses.push(await fixture.outcome(store.pauseFor(ms, TENANT), 1));
    expect(pauses).toEqual([30_000, 29_999, 90_000]);
  });

  it('ends by itself, and what was there before is there again', async () => {
    await fixture.idle(TENANT);
    await fixture.outcome(store.pauseFor(30, TENANT), 1);
    await fixture.runFor(29);
    expect((await take([TENANT], 1_000))[0]).toBe(99);
  });

  it('of a bucket that nobody has used gives it no burst', async () => {
    await fixture.outcome(store.pauseFor(1, TENANT), 1);
    expect((await take([TENANT], 5))[0]).toBe(0);
    await fixture.runFor(149);
    expect((await take([TENANT], 5))[0]).toBe(1);
  });
});
