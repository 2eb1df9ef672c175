import {
  factId,
  partiesOf,
  type CampaignEntry,
  type Parties,
  type SessionSnapshot,
  type SessionStage,
  type TimelineEntry,
} from '@heliograph/contracts';
import type { Fact } from './facts.ts';
import type { ReplyRoute } from './reply/reply-routes.ts';
import type { OpeningReason } from './session-life.ts';

/** An entry that has no number yet. */
export type Draft = Pick<TimelineEntry, 'kind' | 'factId' | 'at' | 'fact' | 'campaign'>;

/** Kinds of entries that are not facts of another service. */
export const SESSION_OPENED = 'session.opened';
export const SESSION_CLOSED = 'session.closed';
export const STAGE_CHANGED = 'session.stage-changed';
export const SESSION_STUCK = 'session.stuck';
export const REPLY_ROUTED = 'reply.routed';
export const MESSAGE_RELEASED = 'message.released';

/**
 * Extra entries of a fact get ids derived from the fact's and one of these places. A place belongs to a role, not to a
 * count, so that a fact folded again after a rebuild derives the same ids even when it needs fewer extra entries.
 */
const PLACE = {
  opened: 1,
  closed: 2,
  // Early receipts are at most 100, held messages at most 51.
  firstReceipt: 3,
  stageChanged: 110,
  stuck: 111,
  routed: 112,
  firstReleased: 120,
} as const;

function withoutParties(data: object): Record<string, unknown> {
  const { conversationId, tenant, account, channel, sender, contact, ...rest } = data as Parties &
    Record<string, unknown>;
  return rest;
}

/** The fact's own entry. */
export function entryOfFact(fact: Fact, campaign?: CampaignEntry): Draft {
  const draft = { kind: fact.type, factId: fact.id, at: fact.data.at, fact: withoutParties(fact.data) };
  return campaign ? { ...draft, campaign } : draft;
}

export function openedEntry(fact: Fact, reason: OpeningReason): Draft {
  return { kind: SESSION_OPENED, factId: factId(fact.id, PLACE.opened), at: fact.data.at, fact: { reason } };
}

/** @param reason why it ended, where no provider and no command closed it */
export function closedEntry(fact: Fact, providerConversationId: string | undefined, reason?: string): Draft {
  const id = factId(fact.id, PLACE.closed);
  const data = { providerConversationId, ...(reason !== undefined && { reason }) };
  return { kind: SESSION_CLOSED, factId: id, at: fact.data.at, fact: data };
}

export function stageChangedEntry(fact: Fact, from: SessionStage, to: SessionStage): Draft {
  return { kind: STAGE_CHANGED, factId: factId(fact.id, PLACE.stageChanged), at: fact.data.at, fact: { from, to } };
}

/** @param of stage, since when, what is done about it, and for the how-manieth time something is */
export function stuckEntry(
  fact: Fact,
  of: { stage: SessionStage; since: string; action: string; tries: number },
  at: string,
): Draft {
  return { kind: SESSION_STUCK, factId: factId(fact.id, PLACE.stuck), at, fact: of };
}

export function routedEntry(fact: Fact, payload: string, route: ReplyRoute, at: string): Draft {
  return { kind: REPLY_ROUTED, factId: factId(fact.id, PLACE.routed), at, fact: { payload, ...route } };
}

/** A held message was given again. @param place among those of the same fact */
export function releasedEntry(fact: Fact, place: number, messageId: string, because: string, at: string): Draft {
  const id = factId(fact.id, PLACE.firstReleased + place);
  return { kind: MESSAGE_RELEASED, factId: id, at, fact: { messageId, because } };
}

/** @param place where the receipt stood among those kept for its message */
export function earlyReceiptEntry(
  fact: Fact,
  place: number,
  receipt: { at: string },
  campaign: CampaignEntry | undefined,
): Draft {
  const id = factId(fact.id, PLACE.firstReceipt + place);
  const draft = { kind: 'message.status-reported', factId: id, at: receipt.at, fact: { ...receipt } };
  return campaign ? { ...draft, campaign } : draft;
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
