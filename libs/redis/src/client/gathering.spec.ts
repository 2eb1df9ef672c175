import { describe, expect, it } from '@jest/globals';
import { FenceLost, Unavailable } from '@heliograph/runtime';
import { Gathering } from './gathering.ts';

/** Calls that double numbers, remembered; one with 13 in it fails. */
function doubling(
  most: number,
  error = new Error('unlucky'),
): { calls: number[][]; gathering: Gathering<number, number> } {
  const calls: number[][] = [];
  const gathering = new Gathering<number, number>(most, async (items) => {
    calls.push(items);
    if (items.includes(13)) throw error;
    return items.map((item) => item * 2);
  });
  return { calls, gathering };
}

describe('gathering', () => {
  it('makes one call of what is asked for in one turn, promises included, and gives everybody the own result', async () => {
    const { calls, gathering } = doubling(10);
    const later = Promise.resolve().then(() => gathering.add(3));
    const results = await Promise.all([gathering.add(1), gathering.add(2), later]);
    expect(results).toEqual([2, 4, 6]);
    expect(calls.flat()).toEqual([1, 2, 3]);
    expect(calls.length).toBeLessThanOrEqual(2);
  });

  it('asks anew in the next turn, in the order of asking, and never for more than its most', async () => {
    const { calls, gathering } = doubling(2);
    await Promise.all([1, 2, 3].map((item) => gathering.add(item)));
    await gathering.add(4);
    expect(calls).toEqual([[1, 2], [3], [4]]);
  });

  it('makes one call of what several callbacks of a turn ask for', async () => {
    const { calls, gathering } = doubling(10);
    const asked = [1, 2, 3].map((item) => new Promise((resolve) => setImmediate(() => resolve(gathering.add(item)))));
    expect(await Promise.all(asked)).toEqual([2, 4, 6]);
    expect(calls).toEqual([[1, 2, 3]]);
  });

  it.each([new Unavailable('redis', 'gone'), new FenceLost(3)])(
    'fails everybody of a call that fails for all, with %p, and nobody else',
    async (error) => {
      const { calls, gathering } = doubling(2, error);
      const settled = await Promise.allSettled([13, 1, 2].map((item) => gathering.add(item)));
      expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
      expect(calls).toEqual([[13, 1], [2]]);
      await expect(gathering.add(5)).resolves.toBe(10);
    },
  );

  it('fails only the one that a call fails for', async () => {
    const { gathering } = doubling(3);
    const settled = await Promise.allSettled([1, 13, 2].map((item) => gathering.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
