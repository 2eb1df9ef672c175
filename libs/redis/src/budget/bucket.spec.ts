import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GRANT_MS, paceOf } from './bucket.ts';

const bucket = (limit: number, periodMs: number) => ({ name: 'requests', limit, periodMs });

describe('the pace of a bucket', () => {
  it('lets no more than the limit arrive in a period, for any limit and period', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 401, max: 86_400_000 }),
        (limit, periodMs) => {
          const { intervalUs, toleranceUs } = paceOf(bucket(limit, periodMs));
          const most = Math.floor((toleranceUs + (periodMs + GRANT_MS) * 1_000) / intervalUs);
          expect(most).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it.each([
    // 500 a minute: one per 150 ms, ⌊100 − 0.67⌋ at once.
    [500, 60_000, 150_000, 99],
    // 100 a second: one per 12.5 ms, ⌊20 − 8⌋ at once.
    [100, 1_000, 12_500, 12],
    // 10 a second: one per 125 ms, ⌊2 − 0.8⌋ at once.
    [10, 1_000, 125_000, 1],
    [1, 6_000, 7_500_000, 1],
  ])('of %d per %d ms is one per %d µs and %d at once', (limit, periodMs, intervalUs, burst) => {
    expect(paceOf(bucket(limit, periodMs))).toEqual({ intervalUs, toleranceUs: burst * intervalUs });
  });

  it.each([0, -1, 1.5, Number.NaN])('of a limit of %d is refused', (limit) => {
    expect(() => paceOf(bucket(limit, 1_000))).toThrow(/limit of requests must be a whole number from 1/);
  });

  it.each([0, 400, Number.NaN])('of a period of %d ms is refused: a grant lives too long for it', (periodMs) => {
    expect(() => paceOf(bucket(10, periodMs))).toThrow(/periodMs of requests must be above 400/);
  });
});
