import { hash } from 'node:crypto';

/** Facts a conversation remembers by id: far more than a crash of their writer can publish twice in one conversation. */
const REMEMBERED = 128;
/** 72 bits: that two ids of one ring collide is less likely than 10^-17. */
const HASH_CHARACTERS = 12;

const hashOf = (factId: string): string => hash('sha256', factId, 'base64url').slice(0, HASH_CHARACTERS);

export const remembers = (ring: readonly string[], factId: string): boolean => ring.includes(hashOf(factId));

export const remember = (ring: readonly string[], factId: string): string[] => [
  ...ring.slice(-(REMEMBERED - 1)),
  hashOf(factId),
];

/** Which fact a state was folded from last: what tells one state of a conversation from the next. */
export const lastFact = (state: { readonly recentFacts: readonly string[] }): string => state.recentFacts.at(-1) ?? '';
