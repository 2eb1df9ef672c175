import type { SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import { partiesOf, SESSION_CLOSED, SESSION_OPENED } from '../fold/entries.ts';
import { isFact, type Fact } from '../fold/facts.ts';
import { emptyState, fold } from '../fold/fold.ts';
import { momentOf } from '../fold/moments.ts';
import { isApplied, type Position } from '../fold/positions.ts';
import { remember } from '../fold/recent-facts.ts';
import { sessionClosed, sessionOpened } from '../fold/session-life.ts';
import type { Unpublished } from '../sessions/unpublished.ts';

/** An entry as it was found on the timeline. */
export interface PublishedEntry {
  readonly entry: TimelineEntry;
  /** When its fact was folded, ISO 8601. */
  readonly time: string;
  /** Where its fact was read; undefined when the record does not say. */
  readonly position: Position | undefined;
  readonly origin: string;
  readonly traceparent?: string;
}

/**
 * Brings a state up to the timeline that is ahead of its snapshot, by folding the facts of the entries again: the same
 * fold, clock and positions give the same state. A fact of which only some entries were published keeps its numbers, and
 * the others stay in `entries`, to be published.
 *
 * @param state what the snapshot said; undefined when there is none
 * @param published entries of one conversation in the order of the timeline
 * @returns undefined when the timeline is not ahead
 */
export function replay(
  state: SessionSnapshot | undefined,
  published: readonly PublishedEntry[],
  groupingMs: number,
): Unpublished | undefined {
  let reached: Unpublished | undefined;
  let current = state;
  for (const found of published) {
    const { entry } = found;
    if (current && entry.sequence <= current.sequence) {
      reached &&= { ...reached, entries: reached.entries.filter(({ factId }) => factId !== entry.factId) };
      continue;
    }
    const next = advance(current, found, groupingMs);
    const { time, origin, traceparent } = found;
    reached = { ...next, cause: { id: entry.factId, time, origin, traceparent } };
    current = next.state;
  }
  return reached;
}

type Reached = Pick<Unpublished, 'state' | 'entries'>;

function advance(state: SessionSnapshot | undefined, found: PublishedEntry, groupingMs: number): Reached {
  const { entry, position } = found;
  const before = { ...(state ?? emptyState(entry)), sequence: entry.sequence - 1 };
  const now = Date.parse(found.time);
  if (entry.kind === SESSION_OPENED) return opened(before, entry, now);
  const fact = factOf(found);
  if (fact && position && !isApplied(before.applied, position)) {
    const folded = fold(before, fact, { position, now, groupingMs });
    if ('entries' in folded && folded.entries[0]?.factId === entry.factId) {
      return { state: folded.state, entries: folded.entries.slice(1) };
    }
  }
  return onlyNumbered(before, found, now);
}

/** The fact itself is not applied by this entry: its own entry does that, or its redelivery when that was not published. */
function opened(before: SessionSnapshot, entry: TimelineEntry, now: number): Reached {
  const state = sessionOpened({ ...before, ...partiesOf(entry) }, momentOf(entry.at, now));
  return { state: { ...state, session: entry.session, sequence: entry.sequence }, entries: [] };
}

/** What cannot be folded again (entries before it are missing) at least keeps its number and is not folded twice. */
function onlyNumbered(before: SessionSnapshot, { entry, position }: PublishedEntry, now: number): Reached {
  const moment = momentOf(entry.at, now);
  const applied =
    position && !isApplied(before.applied, position)
      ? { ...before.applied, [position.topic]: position.offset }
      : before.applied;
  const state = entry.kind === SESSION_CLOSED ? sessionClosed(before, moment) : { ...before, state: 'open' as const };
  const { sequence, session } = entry;
  const recentFacts = remember(before.recentFacts, entry.factId);
  return { state: { ...state, ...partiesOf(entry), sequence, session, applied, recentFacts }, entries: [] };
}

function factOf({ entry, time, traceparent }: PublishedEntry): Fact | undefined {
  const data = { ...partiesOf(entry), ...entry.fact };
  const event = {
    id: entry.factId,
    type: entry.kind,
    source: '',
    time,
    partitionKey: entry.conversationId,
    extensions: { tenant: entry.tenant },
    data,
    traceparent,
  };
  return isFact(event) ? event : undefined;
}
