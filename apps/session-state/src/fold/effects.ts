import type {
  MessageDiverted,
  MessageFailed,
  MessageHeld,
  MessageProgress,
  MessageSent,
  MessageStatus,
  MessageStatusReported,
  MessageSuppressed,
  MessageUnresolved,
  SendMessage,
  SessionSnapshot,
} from '@heliograph/contracts';
import { entryAfter, reportOf } from './campaign/campaign-entry.ts';
import { commandPlace, divertedCommand, type Command } from './commands.ts';
import { withKeyword } from './consent/keyword-said.ts';
import { changeByProvider } from './consent/provider-said.ts';
import { suppressedCommand } from './consent/suppressed.ts';
import { deadlinePassed } from './deadline/stuck.ts';
import type { Effect, EffectContext } from './effect.ts';
import { earlyReceiptEntry, type Draft } from './entries.ts';
import type { Fact } from './facts.ts';
import { advanced, withEarlyReceipt, withMessage } from './messages.ts';
import { customerWrote } from './reply/customer-wrote.ts';
import { hold } from './reply/held-messages.ts';
import { afterSending } from './reply/offers.ts';
import { closedAtProvider, inProviderConversation } from './provider-conversation.ts';

const noted = (state: SessionSnapshot, following: readonly Draft[] = []): Effect => ({
  state,
  ownEntry: true,
  following,
});

const withCommands = (effect: Effect, commands: readonly Command[]): Effect =>
  commands.length === 0 || 'stale' in effect ? effect : { ...effect, commands };

export function effectOf(state: SessionSnapshot, fact: Fact, context: EffectContext): Effect {
  const { at } = context;
  switch (fact.type) {
    case 'message.received':
      return withKeyword(customerWrote(state, fact, context), fact, context);
    case 'message.status-reported':
      return withCommands(receiptReported(state, fact.data, at), changeByProvider(fact, context));
    case 'provider-conversation.changed': {
      const { providerConversationId: id } = fact.data;
      return noted(fact.data.state === 'closed' ? closedAtProvider(state, id) : inProviderConversation(state, id));
    }
    case 'conversation.closed':
      return noted(closedAtProvider(state, fact.data.providerConversationId ?? state.providerConversationId));
    case 'conversation.assigned':
    case 'provider-conversation.opened':
    case 'conversation.handed-off':
      return noted(inProviderConversation(state, fact.data.providerConversationId));
    case 'message.held':
      return messageHeld(state, fact, at);
    case 'message.diverted':
      return messageDiverted(state, fact, at);
    case 'contact.consent-reported':
      return withCommands(noted(state), changeByProvider(fact, context));
    case 'participant.accepted':
    case 'participant.wrapped-up':
    case 'command.failed':
      return noted(state);
    case 'message.sent':
      return messageSent(whereSent(state, fact.data), fact, at);
    case 'message.failed':
      return withCommands(
        noted(messageReported(state, fact.data, 'failed', at, `${fact.data.code}: ${fact.data.reason}`)),
        changeByProvider(fact, context),
      );
    case 'message.suppressed':
      return withCommands(
        noted(messageReported(state, fact.data, 'suppressed', at, `${fact.data.code}: ${fact.data.reason}`)),
        [suppressedCommand(fact)],
      );
    case 'message.unresolved':
      return noted(messageReported(state, fact.data, 'unresolved', at, fact.data.reason));
    case 'session.deadline-passed':
      return deadlinePassed(state, fact, context);
    case 'contact.erased':
      // It takes the place of the whole fold, see erasure/.
      return { stale: 'no-effect-of-its-own' };
  }
}

/** What an agentless notification opened stays aside until the customer writes in it (guide 002, section 3). */
const whereSent = (state: SessionSnapshot, { agentless, providerConversationId }: MessageSent): SessionSnapshot =>
  agentless ? state : inProviderConversation(state, providerConversationId);

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
  data: Pick<MessageFailed | MessageSuppressed | MessageUnresolved, 'messageId' | 'divertedFrom' | 'campaignId'>,
  status: MessageStatus,
  at: string,
  reason: string,
): SessionSnapshot {
  const known = state.messages.find((message) => message.messageId === data.messageId);
  const start = known ?? queued(data, at);
  return { ...state, messages: withMessage(state.messages, advanced(start, { status, at, reason }).message) };
}

/** It is still on its way, so whoever asks for it gets `queued`. */
function messageHeld(state: SessionSnapshot, fact: Fact & { data: MessageHeld }, at: string): Effect {
  const { messageId } = fact.data;
  const isKnown = state.messages.some((message) => message.messageId === messageId);
  const messages = isKnown ? state.messages : [...state.messages, queued(ofCommand(fact.data.command), at)];
  const { state: next, entries, commands } = hold({ ...state, messages }, fact, at);
  return { state: next, ownEntry: true, following: entries, commands };
}

/** It goes on in another conversation; the command for that is given once, under an id that follows from the fact. */
function messageDiverted(state: SessionSnapshot, fact: Fact & { data: MessageDiverted }, at: string): Effect {
  const { messageId, code, reason, command } = fact.data;
  const { campaignId } = ofCommand(command);
  const { messages } = messageReported(state, { messageId, campaignId }, 'diverted', at, `${code}: ${reason}`);
  const divertedTo = { messageId: command.messageId, conversationId: command.conversationId, channel: command.channel };
  const told = messages.map((message) => (message.messageId === messageId ? { ...message, divertedTo } : message));
  const commands = [divertedCommand(commandPlace(fact), command)];
  return { state: { ...state, messages: told }, ownEntry: true, commands };
}

type Known = Pick<MessageFailed, 'messageId' | 'divertedFrom' | 'campaignId'>;

function queued({ messageId, divertedFrom, campaignId }: Known, at: string): MessageProgress {
  return {
    ...{ messageId, status: 'queued', at },
    ...(divertedFrom !== undefined && { divertedFrom }),
    ...(campaignId !== undefined && { campaignId }),
  };
}

const ofCommand = ({ messageId, divertedFrom, campaign }: SendMessage): Known => ({
  ...{ messageId, divertedFrom },
  campaignId: campaign?.campaignId,
});

/** The send is known now, and with it what its early receipts were about: they follow it, in the order they came. */
function messageSent(state: SessionSnapshot, fact: Fact & { data: MessageSent }, at: string): Effect {
  const { messageId, providerMessageId } = fact.data;
  const known = state.messages.find((message) => message.messageId === messageId);
  const start = { ...(known ?? queued(fact.data, at)), providerMessageId };
  let { message } = advanced(start, { status: 'sent', at });
  const following: Draft[] = [];
  const early = state.earlyReceipts.filter((receipt) => receipt.providerMessageId === providerMessageId);
  for (const [place, receipt] of early.entries()) {
    const next = advanced(message, receipt);
    if (next.step === 'stale') continue;
    following.push(earlyReceiptEntry(fact, place, receipt, entryAfter(message, reportOf(receipt))));
    message = next.message;
  }
  const earlyReceipts = state.earlyReceipts.filter((receipt) => !early.includes(receipt));
  const next = { ...afterSending(state, fact.data, at), messages: withMessage(state.messages, message), earlyReceipts };
  return noted(next, following);
}
