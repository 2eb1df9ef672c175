import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { percentile, spreadOf } from './statistics.ts';

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 200 });

describe('the spread of several runs', () => {
  it('is the middle run with the least and the most', () => {
    expect(spreadOf([30, 9, 100])).toEqual({ median: 30, min: 9, max: 100 });
  });

  it('has the mean of both middle runs as the median when their number is even', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  it('has as many runs above its median as below it', () => {
    fc.assert(
      fc.property(values, (runs) => {
        const { median } = spreadOf(runs);
        expect(runs.filter((run) => run > median).length).toBeLessThanOrEqual(runs.length / 2);
        expect(runs.filter((run) => run < median).length).toBeLessThanOrEqual(runs.length / 2);
      }),
    );
  });

  it('of no run is an error, not a zero', () => {
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    [50, 50],
    [99, 99],
    [100, 100],
    [0, 1],
  ])('%d of the numbers 1 to 100 is %d', (percent, expected) => {
    expect(percentile(hundred, percent)).toBe(expected);
  });

  it('is the smallest value that so many percent do not exceed', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
        const found = percentile(all, percent);
        const share = (limit: number): number => (100 * all.filter((value) => value <= limit).length) / all.length;
        expect(share(found)).toBeGreaterThanOrEqual(percent);
        const smaller = all.filter((value) => value < found);
        if (smaller.length > 0) expect(share(Math.max(...smaller))).toBeLessThan(percent);
      }),
    );
  });
});
