import fc from 'fast-check';
import { assigned, changed, failed, receipt, received, sent, unresolved } from './fact-builders.ts';
import type { Fact } from '../src/fold/facts.ts';

const aFact: fc.Arbitrary<Fact> = fc
  .record({
    make: fc.constantFrom(
      (name: string, hours: number) => received(name, hours),
      (name: string, hours: number) => sent(name, hours),
      (name: string, hours: number) => failed(name, hours),
      (name: string, hours: number) => unresolved(name, hours),
      (name: string, hours: number) => assigned(name, hours),
      (name: string, hours: number) => changed(`${name} closed`, 'closed', hours),
      (name: string, hours: number) => changed(`${name} active`, 'active', hours, 'pc-2'),
      (name: string, hours: number) => receipt(name, 'delivered', hours),
      (name: string, hours: number) => receipt(name, 'failed', hours),
      (name: string, hours: number) => receipt(name, 'read', hours),
    ),
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    hours: fc.integer({ min: 0, max: 150 }),
  })
  .map(({ make, name, hours }) => make(`${name}${hours % 5}`, hours));

/** Up to 40 facts of one conversation, in any order, with repeats. */
export const someFacts = fc.array(aFact, { maxLength: 40 });
