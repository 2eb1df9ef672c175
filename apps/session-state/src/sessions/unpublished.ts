import type { SessionSnapshot, TimelineEntry } from '@heliograph/contracts';

/** The fact a state was folded from last, as far as its events need it. */
export interface Cause {
  readonly id: string;
  /** When it was folded, ISO 8601; the time of its events, and the fold's clock when it is folded again in a rebuild. */
  readonly time: string;
  /** Where it was read: `topic/partition/offset`. */
  readonly origin: string;
  readonly traceparent?: string;
}

/** A state that Redis has and the topics may not have yet: the last fact's entries, then the snapshot. */
export interface Unpublished {
  readonly state: SessionSnapshot;
  readonly entries: readonly TimelineEntry[];
  readonly cause: Cause;
}

/** What is written of it: Redis, the topics and the limit of a record's size take the same text, made once. */
export interface UnpublishedJson {
  readonly state: string;
  readonly entries: readonly string[];
}

export function jsonOf({ state, entries }: Pick<Unpublished, 'state' | 'entries'>): UnpublishedJson {
  return { state: JSON.stringify(state), entries: entries.map((entry) => JSON.stringify(entry)) };
}
