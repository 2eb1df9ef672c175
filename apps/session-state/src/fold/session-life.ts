import type { SessionSnapshot } from '@heliograph/contracts';
import type { Fact } from './facts.ts';

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
  if (fact.type === 'message.status-reported') return 'echo';
  // What a customer writes counts, whichever provider conversation it still travels in.
  if (fact.type === 'message.received') return 'activity';
  const named = 'providerConversationId' in fact.data ? fact.data.providerConversationId : undefined;
  if (named !== undefined && named === state.closedProviderConversationId) return 'echo';
  if (fact.type === 'provider-conversation.changed' && fact.data.state === 'closed') {
    const present = state.providerConversationId;
    return present === undefined || present === named ? 'closing' : 'echo';
  }
  return 'activity';
}

/** The state in which a new session has started. An assignment ends with the session that was closed. */
export function sessionOpened(state: SessionSnapshot, moment: number): SessionSnapshot {
  const fresh = state.state === 'closed';
  const at = new Date(moment).toISOString();
  return {
    ...state,
    session: state.session + 1,
    state: 'open',
    openedAt: at,
    closedAt: undefined,
    lastActivityAt: at,
    assigneeKind: fresh ? undefined : state.assigneeKind,
    assigneeId: fresh ? undefined : state.assigneeId,
  };
}

export function sessionClosed(state: SessionSnapshot, moment: number): SessionSnapshot {
  return { ...state, state: 'closed', closedAt: new Date(moment).toISOString() };
}
