import { factId, type Parties, type SessionSnapshot, type TimelineEntry } from '@heliograph/contracts';
import type { Fact } from './facts.ts';
import type { OpeningReason } from './session-life.ts';

/** An entry that has no number yet. */
export type Draft = Pick<TimelineEntry, 'kind' | 'factId' | 'at' | 'fact'>;

/** Kinds of entries that are not facts of another service. */
export const SESSION_OPENED = 'session.opened';
export const SESSION_CLOSED = 'session.closed';

/**
 * Extra entries of a fact get ids derived from the fact's and one of these places. A place belongs to a role, not to a
 * count, so that a fact folded again after a rebuild derives the same ids even when it needs fewer extra entries.
 */
const PLACE = { opened: 1, closed: 2, firstReceipt: 3 } as const;

export function partiesOf(data: Parties): Parties {
  const { conversationId, tenant, account, channel, sender, contact } = data;
  return { conversationId, tenant, account, channel, sender, contact };
}

function withoutParties(data: object): Record<string, unknown> {
  const { conversationId, tenant, account, channel, sender, contact, ...rest } = data as Parties &
    Record<string, unknown>;
  return rest;
}

/** The fact's own entry. */
export function entryOfFact(fact: Fact): Draft {
  return { kind: fact.type, factId: fact.id, at: fact.data.at, fact: withoutParties(fact.data) };
}

export function openedEntry(fact: Fact, reason: OpeningReason): Draft {
  return { kind: SESSION_OPENED, factId: factId(fact.id, PLACE.opened), at: fact.data.at, fact: { reason } };
}

export function closedEntry(fact: Fact, providerConversationId: string | undefined): Draft {
  const id = factId(fact.id, PLACE.closed);
  return { kind: SESSION_CLOSED, factId: id, at: fact.data.at, fact: { providerConversationId } };
}

/** @param place where the receipt stood among those kept for its message */
export function earlyReceiptEntry(fact: Fact, place: number, receipt: { at: string }): Draft {
  const id = factId(fact.id, PLACE.firstReceipt + place);
  return { kind: 'message.status-reported', factId: id, at: receipt.at, fact: { ...receipt } };
}

/** Gives drafts the numbers that follow the state's. */
export function numbered(state: SessionSnapshot, drafts: readonly Draft[]): TimelineEntry[] {
  return drafts.map((draft, index) => ({
    ...partiesOf(state),
    sequence: state.sequence + index + 1,
    session: state.session,
    ...draft,
  }));
}
