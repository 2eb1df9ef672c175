import { EVENTS, type EventContract } from '@heliograph/contracts';
import type { Fact } from '../src/fold/facts.ts';

/** The contract of a fact, by its type. */
export const contractOf = (fact: Fact): EventContract =>
  Object.values<EventContract>(EVENTS).find(({ type }) => type === fact.type)!;
