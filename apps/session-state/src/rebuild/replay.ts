import { partiesOf, type SessionSnapshot, type SessionStage, type TimelineEntry } from '@heliograph/contracts';
import { SESSION_CLOSED, SESSION_OPENED, STAGE_CHANGED } from '../fold/entries.ts';
import { isFact, type Fact } from '../fold/facts.ts';
import { emptyState, fold, type Result } from '../fold/fold.ts';
import { momentOf } from '../fold/moments.ts';
import { isApplied, type Position } from '../fold/positions.ts';
import { remember } from '../fold/recent-facts.ts';
import type { FoldRules } from '../fold/rules.ts';
import { endedSession, sessionClosed, sessionOpened } from '../fold/session-life.ts';
import { inStage } from '../fold/stage/stage-change.ts';
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
 * fold, clock, rules and positions give the same state. A fact of which only some entries were published keeps its numbers, and
 * the others stay in `entries`, to be published.
 *
 * @param state what the snapshot said; undefined when there is none
 * @param published entries of one conversation in the order of the timeline
 * @returns undefined when the timeline is not ahead
 */
export function replay(
  state: SessionSnapshot | undefined,
  published: readonly PublishedEntry[],
  rules: FoldRules,
): Unpublished | undefined {
  let reached: Unpublished | undefined;
  let current = state;
  for (const found of published) {
    const { entry } = found;
    if (current && entry.sequence <= current.sequence && !isContradicted(reached, entry)) {
      reached &&= { ...reached, entries: reached.entries.filter(({ factId }) => factId !== entry.factId) };
      continue;
    }
    const next = advance(current, found, rules);
    const { time, origin, traceparent } = found;
    // The entry before may be of the same fact, and have ended the session that went before.
    const archives = next.archives ?? (reached?.cause.origin === origin ? reached.archives : undefined);
    reached = {
      ...next,
      archives,
      erases: next.erases ?? reached?.erases,
      cause: { id: entry.factId, time, origin, traceparent },
    };
    current = next.state;
  }
  return reached;
}

/**
 * Whether the timeline has another entry under a number that folding again gave away, since what is configured has changed
 * in between. What is published stands.
 */
function isContradicted(reached: Unpublished | undefined, { sequence, factId }: TimelineEntry): boolean {
  return reached?.entries.some((entry) => entry.sequence === sequence && entry.factId !== factId) ?? false;
}

function advance(state: SessionSnapshot | undefined, found: PublishedEntry, rules: FoldRules): Result {
  const { entry, position } = found;
  const before = { ...(state ?? emptyState(entry)), sequence: entry.sequence - 1 };
  const now = Date.parse(found.time);
  if (entry.kind === SESSION_OPENED) return opened(before, entry, now);
  const fact = factOf(found);
  if (fact && position && !isApplied(before.applied, position)) {
    const folded = fold(before, fact, { position, now, rules });
    if ('entries' in folded && folded.entries[0]?.factId === entry.factId) {
      const { state: next, entries, commands, archives, erases } = folded;
      return { state: next, entries: entries.slice(1), commands, archives, erases };
    }
  }
  return onlyNumbered(before, found, now);
}

/** The fact itself is not applied by this entry: its own entry does that, or its redelivery when that was not published. */
function opened(before: SessionSnapshot, entry: TimelineEntry, now: number): Result {
  const state = sessionOpened({ ...before, ...partiesOf(entry) }, momentOf(entry.at, now));
  const archives = before.state === 'open' ? endedSession(before) : undefined;
  return { state: { ...state, session: entry.session, sequence: entry.sequence }, entries: [], commands: [], archives };
}

/** What cannot be folded again (entries before it are missing) at least keeps its number and is not folded twice. */
function onlyNumbered(before: SessionSnapshot, { entry, position }: PublishedEntry, now: number): Result {
  const moment = momentOf(entry.at, now);
  const applied =
    position && !isApplied(before.applied, position)
      ? { ...before.applied, [position.topic]: position.offset }
      : before.applied;
  const state = asEntrySays(before, entry, moment);
  const { sequence, session } = entry;
  const recentFacts = remember(before.recentFacts, entry.factId);
  const next = { ...state, ...partiesOf(entry), sequence, session, applied, recentFacts };
  const archives = entry.kind === SESSION_CLOSED ? endedSession(next) : undefined;
  return { state: next, entries: [], commands: [], archives };
}

function asEntrySays(before: SessionSnapshot, entry: TimelineEntry, moment: number): SessionSnapshot {
  if (entry.kind === SESSION_CLOSED) return sessionClosed(before, moment);
  if (entry.kind === STAGE_CHANGED) return inStage(before, entry.fact.to as SessionStage, moment);
  // An entry of a session of which nothing else is known: it has begun, and has not ended.
  return before.session === entry.session ? before : { ...inStage(before, 'opened', moment), state: 'open' };
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
