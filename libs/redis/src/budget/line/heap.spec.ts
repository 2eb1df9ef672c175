import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Heap, HeapItem } from './heap.ts';

class Item extends HeapItem {
  constructor(public rank: number) {
    super();
  }
}

const steps = fc.array(
  fc.record({ do: fc.constantFrom('add', 'add', 'leave', 'move', 'take'), at: fc.nat(), rank: fc.nat(20) }),
  { maxLength: 80 },
);

describe('a heap', () => {
  it('has the lowest rank first, whoever comes, leaves from anywhere or changes rank', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const heap = new Heap<Item>((a, b) => a.rank < b.rank);
        const items: Item[] = [];
        for (const step of all) {
          const chosen = items[step.at % Math.max(1, items.length)];
          if (step.do === 'add') heap.add(items[items.push(new Item(step.rank)) - 1]!);
          else if (!chosen) continue;
          else if (step.do === 'move') {
            chosen.rank = step.rank;
            heap.moved(chosen);
          } else {
            const leaving = step.do === 'take' ? heap.first! : chosen;
            leaving.leave();
            items.splice(items.indexOf(leaving), 1);
            expect([leaving.heap, leaving.place]).toEqual([undefined, -1]);
          }
          expect(heap.size).toBe(items.length);
          expect(heap.first?.rank ?? Infinity).toBe(Math.min(...items.map(({ rank }) => rank), Infinity));
        }
      }),
    );
  });
});
