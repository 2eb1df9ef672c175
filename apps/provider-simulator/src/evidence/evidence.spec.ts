import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RequestLog } from './request-log.ts';
import { Ring } from './ring.ts';
import { mostOwed } from './bucket-summary.ts';
import { summarise } from './summary.ts';
import { maxInWindow } from './windows.ts';

describe('the most arrivals in any window', () => {
  it('is what counting every window that begins at an arrival gives', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 200 }), (between, periodMs) => {
        let now = 0;
        const arrivals = between.map((gap) => (now += gap));
        const counted = arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + periodMs).length);
        expect(maxInWindow(arrivals, periodMs)).toBe(Math.max(0, ...counted));
      }),
    );
  });
});

describe('what a pair owes', () => {
  it('is the most messages of any stretch beyond one per interval', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(gaps, (between) => {
        let now = 0;
        const arrivals = between.map((gap) => (now += gap));
        const stretches = arrivals.flatMap((from, first) =>
          arrivals.slice(first).map((to, more) => more + 1 - (to - from) / 6_000),
        );
        expect(mostOwed(arrivals, 6_000)).toBeCloseTo(Math.max(...stretches), 6);
      }),
    );
  });
});

describe('the ring', () => {
  it('keeps the last entries in order and counts what fell out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer()), (capacity, entries) => {
        const ring = new Ring<number>(capacity);
        entries.forEach((entry) => ring.push(entry));
        expect([...ring]).toEqual(entries.slice(-capacity));
        expect(ring.dropped).toBe(Math.max(0, entries.length - capacity));
        expect(ring.latest(3)).toEqual(entries.slice(-capacity).slice(-3).reverse());
      }),
    );
  });
});

describe('the request log', () => {
  it('goes on counting when the records themselves no longer fit', () => {
    const log = new RequestLog(10, () => undefined);
    for (let index = 0; index < 25; index++) {
      const record = log.open(index, 'acme', 'POST', '/x');
      record.limited = index % 5 === 0;
      record.accepted = !record.limited;
      log.close(record, index, record.limited ? 429 : 201);
    }
    expect(log.dropped).toBe(15);
    const { acme } = summarise(log, () => 100);
    expect(acme).toMatchObject({ requests: 25, accepted: 20, limited: 5, throttled: 5, maxInWindow: 10 });
    expect(acme?.maxAdmittedInWindow).toBe(8);
  });
});
