import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { DelayQueue } from './delay-queue.ts';

describe('delay queue', () => {
  it('runs entries in the order of their moments with one timer', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 300 }), (delays) => {
        jest.useFakeTimers({ now: 0 });
        try {
          const queue = new DelayQueue();
          const fired: number[] = [];
          delays.forEach((delay) => queue.add(delay, () => fired.push(delay)));
          expect(jest.getTimerCount()).toBeLessThanOrEqual(1);
          jest.advanceTimersByTime(10_000);
          expect(fired).toEqual([...delays].sort((a, b) => a - b));
          expect(jest.getTimerCount()).toBe(0);
        } finally {
          jest.useRealTimers();
        }
      }),
      { numRuns: 50 },
    );
  });

  it('forgets everything when cleared', () => {
    jest.useFakeTimers({ now: 0 });
    const queue = new DelayQueue();
    queue.add(10, () => {
      throw new Error('ran');
    });
    queue.clear();
    jest.advanceTimersByTime(100);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
});
