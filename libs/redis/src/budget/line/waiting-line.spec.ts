import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Waiter, WaitingLine } from './waiting-line.ts';

type Step = { do: 'add' } | { do: 'shift' } | { do: 'remove'; at: number };

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Step>({ do: 'add' }) },
    fc.constant<Step>({ do: 'shift' }),
    fc.record({ do: fc.constant('remove' as const), at: fc.nat() }),
  ),
  { maxLength: 60 },
);

describe('a waiting line', () => {
  it('serves first in, first out, whoever leaves in between', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const line = new WaitingLine<void>();
        let turn = 0;
        const expected: Waiter<void>[] = [];
        for (const step of all) {
          if (step.do === 'add')
            expected.push(
              line.add(
                turn++,
                () => undefined,
                () => undefined,
              ),
            );
          else if (step.do === 'shift') expect(line.shift()).toBe(expected.shift());
          else if (expected.length > 0) line.remove(expected.splice(step.at % expected.length, 1)[0]!);
          expect(line.length).toBe(expected.length);
        }
        while (expected.length > 0) expect(line.shift()).toBe(expected.shift());
        expect(line.shift()).toBeUndefined();
      }),
    );
  });
});
