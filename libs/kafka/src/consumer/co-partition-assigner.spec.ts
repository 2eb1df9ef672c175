import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { spread } from './co-partition-assigner.ts';

const all = (assignment: Map<string, number[]>) => [...assignment.values()].flat().sort((a, b) => a - b);

describe('spread of partitions over members', () => {
  it('gives every partition to exactly one member, sizes differing by at most one', () => {
    const owned = fc.array(fc.array(fc.nat(30), { maxLength: 12 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 24 }), owned, (numbers, lists) => {
        const assignment = spread(numbers, new Map(lists.map((list, i) => [`m${i}`, list])));
        expect(all(assignment)).toEqual(Array.from({ length: numbers }, (_, n) => n));
        const sizes = [...assignment.values()].map((mine) => mine.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('moves nothing when the members stay the same', () => {
    const before = spread(
      12,
      new Map([
        ['a', []],
        ['b', []],
        ['c', []],
      ]),
    );
    expect(spread(12, before)).toEqual(before);
  });

  it('moves only what the new member needs when one joins', () => {
    const before = spread(
      12,
      new Map([
        ['a', []],
        ['b', []],
        ['c', []],
      ]),
    );
    const after = spread(12, new Map([...before, ['d', []]]));
    expect(after.get('d')).toHaveLength(3);
    for (const member of ['a', 'b', 'c']) {
      expect(before.get(member)).toEqual(expect.arrayContaining(after.get(member)!));
    }
  });

  it('moves only what the leaving member had', () => {
    const before = spread(
      12,
      new Map([
        ['a', []],
        ['b', []],
        ['c', []],
      ]),
    );
    const rest = new Map([...before].filter(([member]) => member !== 'b'));
    const after = spread(12, rest);
    for (const member of ['a', 'c']) expect(after.get(member)).toEqual(expect.arrayContaining(before.get(member)!));
  });
});
