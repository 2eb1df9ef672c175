import { describe, expect, it } from '@jest/globals';
import { Gathering } from './gathering.ts';

/** Calls that double numbers, remembered; one with 13 in it fails. */
function doubling(most: number): { calls: number[][]; gathering: Gathering<number, number> } {
  const calls: number[][] = [];
  const gathering = new Gathering<number, number>(most, async (items) => {
    calls.push(items);
    if (items.includes(13)) throw new Error('unlucky');
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

  it('fails everybody of a call that fails, and nobody else', async () => {
    const { gathering } = doubling(2);
    const settled = await Promise.allSettled([13, 1, 2].map((item) => gathering.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    await expect(gathering.add(5)).resolves.toBe(10);
  });
});
