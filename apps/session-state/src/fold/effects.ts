import type {
  MessageFailed,
  MessageSent,
  MessageStatus,
  MessageStatusReported,
  MessageUnresolved,
  ProviderConversationChanged,
  SessionSnapshot,
} from '@heliograph/contracts';
import { earlyReceiptEntry, type Draft } from './entries.ts';
import type { Fact } from './facts.ts';
import { advanced, withEarlyReceipt, withMessage } from './messages.ts';
import { laterOf, momentOf } from './moments.ts';

/** What a fact does to the state, apart from opening and closing sessions. */
export type Effect =
  | {
      readonly state: SessionSnapshot;
      /** False: the state remembers the fact, but it gets its entry later. */
      readonly ownEntry: boolean;
      /** Entries that follow the fact's own. */
      readonly following: readonly Draft[];
    }
  | { readonly stale: string };

const noted = (state: SessionSnapshot, following: readonly Draft[] = []): Effect => ({
  state,
  ownEntry: true,
  following,
});

/** A provider conversation that was closed is never taken up again: nothing may be sent into it. */
function inProviderConversation(state: SessionSnapshot, id: string | undefined): SessionSnapshot {
  if (id === undefined || id === state.closedProviderConversationId) return state;
  return { ...state, providerConversationId: id };
}

export function effectOf(state: SessionSnapshot, fact: Fact, now: number): Effect {
  const moment = momentOf(fact.data.at, now);
  const at = new Date(moment).toISOString();
  switch (fact.type) {
    case 'message.received': {
      const lastCustomerMessageAt = laterOf(state.lastCustomerMessageAt, moment);
      // Of the latest message: its number is the one that holds the window.
      const isLatest = lastCustomerMessageAt !== state.lastCustomerMessageAt;
      const { senderAddress } = isLatest ? fact.data : state;
      const next = { ...inProviderConversation(state, fact.data.providerConversationId), lastCustomerMessageAt };
      return noted(senderAddress === undefined ? next : { ...next, senderAddress });
    }
    case 'message.status-reported':
      return receiptReported(state, fact.data, at);
    case 'provider-conversation.changed':
      return noted(providerConversationChanged(state, fact.data));
    case 'conversation.assigned': {
      const { assigneeKind, assigneeId, providerConversationId } = fact.data;
      return noted({ ...inProviderConversation(state, providerConversationId), assigneeKind, assigneeId });
    }
    case 'provider-conversation.opened':
      return noted(inProviderConversation(state, fact.data.providerConversationId));
    case 'conversation.handed-off':
      return noted(inProviderConversation(state, fact.data.providerConversationId));
    case 'message.held':
    case 'participant.accepted':
    case 'participant.wrapped-up':
    case 'conversation.closed':
    case 'command.failed':
      return noted(state);
    case 'message.sent':
      return messageSent(inProviderConversation(state, fact.data.providerConversationId), fact, at);
    case 'message.failed':
      return noted(messageReported(state, fact.data, 'failed', at, `${fact.data.code}: ${fact.data.reason}`));
    case 'message.unresolved':
      return noted(messageReported(state, fact.data, 'unresolved', at, fact.data.reason));
  }
}

function providerConversationChanged(state: SessionSnapshot, data: ProviderConversationChanged): SessionSnapshot {
  const id = data.providerConversationId;
  if (data.state !== 'closed') return inProviderConversation(state, id);
  const present = state.providerConversationId === id ? undefined : state.providerConversationId;
  return { ...state, providerConversationId: present, closedProviderConversationId: id };
}

function receiptReported(state: SessionSnapshot, data: MessageStatusReported, at: string): Effect {
  const { providerMessageId, reference, status, reason } = data;
  const known = state.messages.find((message) => message.providerMessageId === providerMessageId);
  if (!known) {
    const earlyReceipts = withEarlyReceipt(state.earlyReceipts, {
      providerMessageId,
      ...(reference !== undefined && { reference }),
      status,
      at,
      reason,
    });
    if (!earlyReceipts) return { stale: 'early-receipt-kept-already' };
    return { state: { ...state, earlyReceipts }, ownEntry: false, following: [] };
  }
  const { message, step } = advanced(known, { status, at, reason });
  if (step === 'stale') return { stale: 'receipt-says-nothing-new' };
  return noted({ ...state, messages: withMessage(state.messages, message) });
}

/** Our own word about a message of ours; it gets its entry whether or not it moves the status. */
function messageReported(
  state: SessionSnapshot,
  data: MessageFailed | MessageUnresolved,
  status: MessageStatus,
  at: string,
  reason: string,
): SessionSnapshot {
  const known = state.messages.find((message) => message.messageId === data.messageId);
  const start = known ?? { messageId: data.messageId, status: 'queued' as const, at };
  return { ...state, messages: withMessage(state.messages, advanced(start, { status, at, reason }).message) };
}

/** The send is known now, and with it what its early receipts were about: they follow it, in the order they came. */
function messageSent(state: SessionSnapshot, fact: Fact & { data: MessageSent }, at: string): Effect {
  const { messageId, providerMessageId } = fact.data;
  const known = state.messages.find((message) => message.messageId === messageId);
  const start = { ...(known ?? { messageId, status: 'queued' as const, at }), providerMessageId };
  let { message } = advanced(start, { status: 'sent', at });
  const following: Draft[] = [];
  const early = state.earlyReceipts.filter((receipt) => receipt.providerMessageId === providerMessageId);
  for (const [place, receipt] of early.entries()) {
    const next = advanced(message, receipt);
    if (next.step === 'stale') continue;
    message = next.message;
    following.push(earlyReceiptEntry(fact, place, receipt));
  }
  const earlyReceipts = state.earlyReceipts.filter((receipt) => !early.includes(receipt));
  return noted({ ...state, messages: withMessage(state.messages, message), earlyReceipts }, following);
}
