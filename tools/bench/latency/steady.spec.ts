import { describe, expect, it } from '@jest/globals';
import { atSteadyRate } from './steady.ts';

describe('a steady rate', () => {
  it('is kept, each turn once and in order', async () => {
    const turns: number[] = [];
    const began = performance.now();
    await atSteadyRate(1_000, 50, (index) => Promise.resolve(turns.push(index)));
    expect(turns).toEqual(Array.from({ length: 50 }, (_, index) => index));
    // A timer may fire up to a millisecond early.
    expect(performance.now() - began).toBeGreaterThanOrEqual(47);
  });

  it('is not slowed by turns that take long', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let begun = 0;
    await atSteadyRate(1_000, 20, () => {
      if (++begun === 20) release();
      return released;
    });
    expect(begun).toBe(20);
  });

  it('fails with what a turn failed with, after all have begun', async () => {
    let begun = 0;
    const run = atSteadyRate(1_000, 5, (index) => {
      begun++;
      return index === 1 ? Promise.reject(new Error('refused')) : Promise.resolve();
    });
    await expect(run).rejects.toThrow('refused');
    expect(begun).toBe(5);
  });
});
