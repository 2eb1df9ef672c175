import type { SessionSnapshot } from '@heliograph/contracts';
import type { Fact } from './facts.ts';
import { inStage } from './stage/stage-change.ts';

/** A session that is over, as its archive names it. */
export interface EndedSession {
  readonly session: number;
  readonly openedAt: string;
  readonly closedAt: string;
  /** Number of its first entry, where it is known. */
  readonly firstSequence?: number;
}

/** Where a conversation stands when a fact arrives; `expired`: open, but its grouping time has passed. */
export type Standing = 'none' | 'open' | 'expired' | 'closed';

/**
 * What a fact is for the life of a session: `activity` may start one and keeps it alive, `closing` ends it, an `echo`
 * (a receipt, a late word about a provider conversation that is closed) does none of these.
 */
export type Bearing = 'activity' | 'closing' | 'echo';

/** Why a session started; part of the `session.opened` entry. */
export type OpeningReason = 'first-contact' | 'grouping-time-passed' | 'after-closing';

export interface LifeStep {
  readonly opens?: OpeningReason;
  readonly closes?: true;
}

/** The life of sessions: standing × bearing → what happens to the session. */
const TABLE: Record<Standing, Record<Bearing, LifeStep>> = {
  none: { activity: { opens: 'first-contact' }, closing: { opens: 'first-contact', closes: true }, echo: {} },
  open: { activity: {}, closing: { closes: true }, echo: {} },
  expired: { activity: { opens: 'grouping-time-passed' }, closing: { closes: true }, echo: {} },
  closed: { activity: { opens: 'after-closing' }, closing: {}, echo: {} },
};

export function lifeStep(standing: Standing, bearing: Bearing): LifeStep {
  return TABLE[standing][bearing];
}

/** @param moment when the fact happened, milliseconds */
export function standingOf(state: SessionSnapshot, moment: number, groupingMs: number): Standing {
  if (state.session === 0) return 'none';
  if (state.state === 'closed') return 'closed';
  const lastActivity = Date.parse(state.lastActivityAt ?? '');
  return moment - lastActivity > groupingMs ? 'expired' : 'open';
}

export function bearingOf(state: SessionSnapshot, fact: Fact): Bearing {
  // What a customer writes counts, whichever provider conversation it still travels in.
  if (fact.type === 'message.received') return 'activity';
  if (fact.type === 'message.status-reported' || fact.type === 'session.deadline-passed') return 'echo';
  if (isOfClosedConversation(state, fact)) return 'echo';
  if (isClosing(fact)) {
    const [present, named] = [state.providerConversationId, conversationNamedBy(fact)];
    return present === undefined || named === undefined || present === named ? 'closing' : 'echo';
  }
  return state.session > 0 && isAftermath(state, fact) ? 'echo' : 'activity';
}

/** A word about the provider conversation that closed last: nothing in the present session is meant by it. */
export function isOfClosedConversation(state: SessionSnapshot, fact: Fact): boolean {
  const named = conversationNamedBy(fact);
  return named !== undefined && named === state.closedProviderConversationId && fact.type !== 'message.received';
}

const conversationNamedBy = ({ data }: Fact): string | undefined =>
  'providerConversationId' in data ? data.providerConversationId : undefined;

const isClosing = (fact: Fact): boolean =>
  fact.type === 'conversation.closed' ||
  (fact.type === 'provider-conversation.changed' && fact.data.state === 'closed');

/** Tells how something ended that was asked for: it starts no session, and keeps none alive. */
const isAftermath = (state: SessionSnapshot, { type }: Fact): boolean =>
  type === 'command.failed' ||
  type === 'participant.wrapped-up' ||
  type === 'message.suppressed' ||
  type === 'contact.consent-reported' ||
  (type === 'participant.accepted' && state.state === 'closed');

/** The state in which a new session has started. What was said of who has it, and who the customer is, ends with the old one. */
export function sessionOpened(state: SessionSnapshot, moment: number): SessionSnapshot {
  const fresh = state.state === 'closed';
  const at = new Date(moment).toISOString();
  return {
    ...state,
    session: state.session + 1,
    firstSequence: state.sequence + 1,
    state: 'open',
    stage: 'opened',
    stageSince: at,
    stuckSince: undefined,
    stuckTries: undefined,
    openedAt: at,
    closedAt: undefined,
    lastActivityAt: at,
    assigneeKind: fresh ? undefined : state.assigneeKind,
    assigneeId: fresh ? undefined : state.assigneeId,
    participants: undefined,
    customerAuthenticated: undefined,
  };
}

export function sessionClosed(state: SessionSnapshot, moment: number): SessionSnapshot {
  return { ...inStage(state, 'closed', moment), state: 'closed', closedAt: new Date(moment).toISOString() };
}

/** A session that its grouping time has ended was over with its last activity. */
export function endedSession(state: SessionSnapshot): EndedSession {
  const { session, firstSequence } = state;
  const closedAt = state.closedAt ?? state.lastActivityAt!;
  return { session, openedAt: state.openedAt ?? closedAt, closedAt, firstSequence };
}
