import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GRANT_MS, paceOf } from './bucket.ts';

const bucket = (limit: number, periodMs: number) => ({ name: 'requests', limit, periodMs });
const limits = fc.integer({ min: 1, max: 1_000_000 });
const periods = fc.integer({ min: 401, max: 86_400_000 });

describe('the pace of a bucket', () => {
  it('lets no more than the limit arrive in a period, for any limit and period', () => {
    fc.assert(
      fc.property(limits, periods, (limit, periodMs) => {
        const { intervalUs, toleranceUs } = paceOf(bucket(limit, periodMs));
        const most = Math.floor((toleranceUs + (periodMs + GRANT_MS) * 1_000) / intervalUs);
        expect(most).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 20_000 },
    );
  });

  it('forgives an asker who comes late, and grants no more at once for it', () => {
    fc.assert(
      fc.property(limits, periods, (limit, periodMs) => {
        const { intervalUs, toleranceUs } = paceOf(bucket(limit, periodMs));
        const burst = Math.max(1, Math.floor(0.2 * limit - (GRANT_MS * 0.8 * limit) / periodMs));
        expect(Math.floor(toleranceUs / intervalUs)).toBe(burst);
      }),
    );
  });

  it.each([
    // 500 a minute: one per 150 ms, ⌊100 − 0.67⌋ at once.
    [500, 60_000, 150_000, 99.5],
    // 100 a second: one per 12.5 ms, ⌊20 − 8⌋ at once.
    [100, 1_000, 12_500, 12.5],
    // 10 a second: one per 125 ms, ⌊2 − 0.8⌋ at once.
    [10, 1_000, 125_000, 1.5],
    // One in 7.5 s, and x = 0.2 − 0.0133.
    [1, 6_000, 7_500_000, 1 + 0.1866666 / 2],
  ])('of %d per %d ms is one per %d µs with a tolerance of %d', (limit, periodMs, intervalUs, tolerance) => {
    const pace = paceOf(bucket(limit, periodMs));
    expect(pace).toMatchObject({ intervalUs, pair: false, campaignIntervalUs: -1 });
    expect(pace.toleranceUs / intervalUs).toBeCloseTo(tolerance, 6);
  });

  it('of a pair is one per period and 100 ms, with what may be borrowed at once', () => {
    const pace = paceOf({ name: 'pair', limit: 1, periodMs: 6_000, borrow: 45 });
    expect(pace).toMatchObject({ intervalUs: 6_100_000, toleranceUs: 45 * 6_100_000, pair: true });
  });

  it("has the campaigns' share of refill and burst as its own", () => {
    const share = (campaignShare: number) => paceOf({ ...bucket(100, 1_000), campaignShare });
    expect(share(0.25)).toMatchObject({ campaignIntervalUs: 50_000, campaignToleranceUs: 3 * 50_000 });
    expect([share(0).campaignIntervalUs, share(1).campaignIntervalUs]).toEqual([0, -1]);
  });

  it('is the same object for equal limits', () => {
    expect(paceOf(bucket(10, 1_000))).toBe(paceOf({ ...bucket(10, 1_000), name: 'other' }));
  });

  it.each([
    [{ limit: 0 }, 'limit of requests must be a whole number from 1, not 0'],
    [{ limit: -1 }, 'limit of requests must be a whole number from 1, not -1'],
    [{ limit: 1.5 }, 'limit of requests must be a whole number from 1, not 1.5'],
    [{ limit: Number.NaN }, 'limit of requests must be a whole number from 1, not NaN'],
    // A grant lives too long for it.
    [{ periodMs: 400 }, 'periodMs of requests must be above 400, not 400'],
    [{ periodMs: Number.NaN }, 'periodMs of requests must be above 400, not NaN'],
    [{ periodMs: 0, borrow: 1 }, 'periodMs of requests must be above 0, not 0'],
    [{ borrow: 0 }, 'borrow of requests must be a whole number from 1, not 0'],
    [{ campaignShare: 1.1 }, 'campaignShare of requests must be from 0 to 1, not 1.1'],
  ])('is refused for %j', (wrong, message) => {
    expect(() => paceOf({ ...bucket(10, 1_000), ...wrong })).toThrow(new RangeError(message));
  });
});
