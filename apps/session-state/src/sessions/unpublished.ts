import { partiesOf, type TimelineEntry } from '@heliograph/contracts';
import { withoutParties, type SessionEntry } from '@heliograph/conversations';
import type { Result } from '../fold/fold.ts';

/** The fact a state was folded from last, as far as its events need it. */
export interface Cause {
  readonly id: string;
  /** When it was folded, ISO 8601; the time of its events, and the fold's clock when it is folded again in a rebuild. */
  readonly time: string;
  /** Where it was read: `topic/partition/offset`. */
  readonly origin: string;
  readonly traceparent?: string;
}

/** A state that Redis has and the topics may not have yet: the last fact's entries, its commands, the snapshot. */
export interface Unpublished extends Result {
  readonly cause: Cause;
}

/** What is written of it: Redis, the topics and the limit of a record's size take the same text, made once. */
export interface UnpublishedJson {
  readonly state: string;
  readonly entries: readonly string[];
}

export function jsonOf({ state, entries }: Pick<Result, 'state' | 'entries'>): UnpublishedJson {
  return { state: JSON.stringify(state), entries: entries.map((entry) => JSON.stringify(entry)) };
}

/** Entries as Redis keeps them, without the parties: also an element of the session's list. */
export const storedEntries = ({ entries }: UnpublishedJson): string => `[${entries.map(withoutParties).join(',')}]`;

/** What is published behind the entries is kept beside the cause: few facts have any of it. */
export function storedCause({ cause, commands, archives, erases }: Unpublished): string {
  const hasMore = commands.length > 0 || archives !== undefined || erases !== undefined;
  return JSON.stringify(hasMore ? { ...cause, commands, archives, erases } : cause);
}

/** @param parts as they were stored */
export function unpublishedOf(parts: { state: string; entries: string; cause: string }): Unpublished {
  const state = JSON.parse(parts.state) as Result['state'];
  const parties = partiesOf(state);
  const entries = (JSON.parse(parts.entries) as SessionEntry[]).map((entry): TimelineEntry => ({
    ...parties,
    ...entry,
  }));
  const { commands = [], archives, erases, ...cause } = JSON.parse(parts.cause) as Cause & Partial<Result>;
  return { state, entries, commands, archives, erases, cause };
}
