import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IdLedger } from './id-ledger.ts';

const filled = (ids: [id: string, key: string][]): IdLedger => {
  const ledger = new IdLedger();
  for (const [id, key] of ids) ledger.sent(id, key);
  return ledger;
};

describe('the ledger of ids', () => {
  it('finds nothing wrong when every id comes out once, in the order of its key', () => {
    const ledger = filled([
      ['a1', 'a'],
      ['b1', 'b'],
      ['a2', 'a'],
    ]);
    for (const id of ['b1', 'a1', 'a2']) ledger.seen(id);
    expect(ledger.complete).toBe(true);
    ledger.assertExactlyOnceInOrder();
  });

  it('names an id that never came out', () => {
    const ledger = filled([
      ['a1', 'a'],
      ['a2', 'a'],
    ]);
    ledger.seen('a1');
    expect(ledger.complete).toBe(false);
    expect(ledger.report().lost).toEqual(['a2']);
    expect(() => ledger.assertExactlyOnceInOrder()).toThrow('a2');
  });

  it('counts how often an id came out', () => {
    const ledger = filled([['a1', 'a']]);
    for (let i = 0; i < 3; i++) ledger.seen('a1');
    expect(ledger.report()).toMatchObject({ repeated: { a1: 3 }, in: 1, out: 3 });
  });

  it('names an id that never went in', () => {
    const ledger = filled([]);
    ledger.seen('x');
    expect(ledger.report().unknown).toEqual(['x']);
  });

  it('refuses an id that goes in twice, because a repeat could not be told from it', () => {
    expect(() =>
      filled([
        ['a1', 'a'],
        ['a1', 'a'],
      ]),
    ).toThrow('a1');
  });

  it('sees a swap within a key, and none between keys, in any interleaving', () => {
    const arrivals = fc.shuffledSubarray(['a1', 'a2', 'a3', 'b1', 'b2', 'b3'], { minLength: 6 });
    fc.assert(
      fc.property(arrivals, (order) => {
        const ledger = filled([
          ['a1', 'a'],
          ['a2', 'a'],
          ['b1', 'b'],
          ['b2', 'b'],
          ['a3', 'a'],
          ['b3', 'b'],
        ]);
        order.forEach((id) => ledger.seen(id));
        const ofKey = (key: string): string => order.filter((id) => id.startsWith(key)).join();
        const inOrder = ofKey('a') === 'a1,a2,a3' && ofKey('b') === 'b1,b2,b3';
        expect(ledger.report().swapped.length === 0).toBe(inOrder);
      }),
    );
  });
});
