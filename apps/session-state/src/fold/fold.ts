import { partiesOf, type CampaignEntry, type Parties, type SessionSnapshot } from '@heliograph/contracts';
import { ofCampaign } from './campaign/of-campaign.ts';
import { endsByIdling } from './deadline/deadlines.ts';
import type { Effect } from './effect.ts';
import { erasedConversation, isOfBefore, withKnownContact, wordsOfBefore } from './erasure/erasure.ts';
import { effectOf } from './effects.ts';
import { closedEntry, entryOfFact, numbered, openedEntry, stageChangedEntry, type Draft } from './entries.ts';
import type { Fact } from './facts.ts';
import { pruned } from './messages.ts';
import type { FoldContext, Folded } from './folded.ts';
import { laterOf, momentOf } from './moments.ts';
import { isApplied } from './positions.ts';
import { remember, remembers } from './recent-facts.ts';
import {
  bearingOf,
  endedSession,
  isOfClosedConversation,
  lifeStep,
  sessionClosed,
  sessionOpened,
  standingOf,
} from './session-life.ts';
import type { LifeStep } from './session-life.ts';
import { stageChangeOf } from './stage/stage-change.ts';
import { stageOf } from './stage/stage-of.ts';

export type { FoldContext, Folded, Result } from './folded.ts';

/** This very record was folded before. */
export const APPLIED_ALREADY = 'applied-already';

/** A conversation before its first fact. */
export function emptyState(parties: Parties): SessionSnapshot {
  return {
    ...partiesOf(parties),
    sequence: 0,
    session: 0,
    state: 'closed',
    stage: 'closed',
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
export function fold(state: SessionSnapshot | undefined, given: Fact, context: FoldContext): Folded {
  const { position, now, rules } = context;
  const before = state ?? emptyState(given.data);
  if (isApplied(before.applied, position)) return { skipped: APPLIED_ALREADY };
  if (remembers(before.recentFacts, given.id)) return { skipped: 'repeated-fact' };
  const fact = withKnownContact(before, given);
  if (fact.type === 'contact.erased') return erasedConversation(before, fact, context);
  if (isOfBefore(before, fact, now)) return wordsOfBefore(before, fact, context);

  const moment = momentOf(fact.data.at, now);
  const bearing = bearingOf(before, fact);
  const step = lifeStep(standingOf(before, moment, rules.groupingMs(fact.data.channel)), bearing);
  const current = { ...before, ...pruned(before, now), ...partiesOf(fact.data) };
  const opened = step.opens ? sessionOpened(current, moment) : current;
  const seen = { now, moment, at: new Date(moment).toISOString(), rules };
  const effect = effectOf(opened, fact, seen);
  if ('stale' in effect) return { skipped: effect.stale };

  const { campaign, state: told } = ofCampaign(opened, effect, fact, seen);
  const staged = stageChangeOf(told, fact, { moment, isOutdated: isOfClosedConversation(before, fact) });
  const closes = step.closes === true || effect.closes !== undefined;
  const after = closes ? sessionClosed(staged.state, moment) : staged.state;
  const from = staged.from ?? effect.leaves ?? stageOf(effect.state);
  const drafts = draftsOf(fact, { ...effect, campaign }, step, { from, after });
  const isAlive = bearing !== 'echo';
  const entries = numbered(effect.state, drafts);
  const ended = closes ? after : step.opens === 'grouping-time-passed' ? before : undefined;
  return {
    entries,
    state: {
      ...(isAlive ? unstuck(after) : after),
      lastActivityAt: isAlive ? laterOf(after.lastActivityAt, moment) : after.lastActivityAt,
      sequence: before.sequence + entries.length,
      applied: { ...before.applied, [position.topic]: position.offset },
      recentFacts: remember(before.recentFacts, fact.id),
    },
    commands: effect.commands ?? [],
    archives: ended && endedSession(ended),
    ignored: staged.ignored,
    unmatchedReply: effect.unmatchedReply,
  };
}

type Effective = Exclude<Effect, { stale: string }> & { readonly campaign: CampaignEntry | undefined };

/** The entries of a fact, in the order in which they happened. */
function draftsOf(
  fact: Fact,
  effect: Effective,
  { opens, closes }: LifeStep,
  { from, after }: { from: ReturnType<typeof stageOf>; after: SessionSnapshot },
): Draft[] {
  const drafts: Draft[] = [];
  if (opens) drafts.push(openedEntry(fact, opens));
  if (effect.ownEntry) drafts.push(entryOfFact(effect.shown ?? fact, effect.campaign));
  if (effect.following) drafts.push(...effect.following);
  const to = stageOf(after);
  if (from !== to) drafts.push(stageChangedEntry(fact, from, to));
  if (closes || effect.closes !== undefined) {
    drafts.push(closedEntry(fact, after.closedProviderConversationId, effect.closes));
  }
  return drafts;
}

/** A session in which something happens is not stuck in a stage that ends by idling. */
function unstuck(state: SessionSnapshot): SessionSnapshot {
  if (state.stuckSince === undefined || !endsByIdling(stageOf(state))) return state;
  return { ...state, stuckSince: undefined, stuckTries: undefined };
}
