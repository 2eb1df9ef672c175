import type { Parties, SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import { effectOf } from './effects.ts';
import { closedEntry, entryOfFact, numbered, openedEntry, partiesOf, type Draft } from './entries.ts';
import type { Fact } from './facts.ts';
import { pruned } from './messages.ts';
import { laterOf, momentOf } from './moments.ts';
import { isApplied, type Position } from './positions.ts';
import { remember, remembers } from './recent-facts.ts';
import { bearingOf, lifeStep, sessionClosed, sessionOpened, standingOf } from './session-life.ts';

export interface FoldContext {
  /** Where the fact was read. */
  readonly position: Position;
  /** Milliseconds. The only clock of the fold: the same arguments give the same result. */
  readonly now: number;
  /** A session without activity for longer than this is followed by a new one, milliseconds. */
  readonly groupingMs: number;
}

export type Folded =
  | { readonly state: SessionSnapshot; readonly entries: TimelineEntry[] }
  /** The fact changes nothing, for a reason worth counting. */
  | { readonly skipped: string };

/** This very record was folded before. */
export const APPLIED_ALREADY = 'applied-already';

/** A conversation before its first fact. */
export function emptyState(parties: Parties): SessionSnapshot {
  return {
    ...partiesOf(parties),
    sequence: 0,
    session: 0,
    state: 'closed',
    messages: [],
    earlyReceipts: [],
    applied: {},
    recentFacts: [],
  };
}

/**
 * The next state of a conversation and the timeline entries the fact gives, numbered without gaps from the state's
 * sequence. A record at or below the applied offset of its topic, and a fact whose id was folded before, change nothing.
 */
export function fold(state: SessionSnapshot | undefined, fact: Fact, context: FoldContext): Folded {
  const { position, now } = context;
  const before = state ?? emptyState(fact.data);
  if (isApplied(before.applied, position)) return { skipped: APPLIED_ALREADY };
  if (remembers(before.recentFacts, fact.id)) return { skipped: 'repeated-fact' };

  const moment = momentOf(fact.data.at, now);
  const bearing = bearingOf(before, fact);
  const step = lifeStep(standingOf(before, moment, context.groupingMs), bearing);
  const current = { ...before, ...pruned(before, now), ...partiesOf(fact.data) };
  const effect = effectOf(step.opens ? sessionOpened(current, moment) : current, fact, now);
  if ('stale' in effect) return { skipped: effect.stale };

  const drafts: Draft[] = [];
  if (step.opens) drafts.push(openedEntry(fact, step.opens));
  if (effect.ownEntry) drafts.push(entryOfFact(fact));
  drafts.push(...effect.following);
  if (step.closes) drafts.push(closedEntry(fact, effect.state.closedProviderConversationId));

  const after = step.closes ? sessionClosed(effect.state, moment) : effect.state;
  return {
    entries: numbered(effect.state, drafts),
    state: {
      ...after,
      sequence: before.sequence + drafts.length,
      lastActivityAt: bearing === 'echo' ? after.lastActivityAt : laterOf(after.lastActivityAt, moment),
      applied: { ...before.applied, [position.topic]: position.offset },
      recentFacts: remember(before.recentFacts, fact.id),
    },
  };
}
