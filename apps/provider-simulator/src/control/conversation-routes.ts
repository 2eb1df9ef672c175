import { either, FieldError, object, optional, text } from '../check/check.ts';
import { notFound } from '../exchange/refusal.ts';
import type { Conversation, Pair } from '../messaging/conversation-store.ts';
import { channelAddress, phoneNumber, type Channel } from '../settings/addresses.ts';
import type { ControlCall, ControlRoute } from './control-call.ts';

const address = either(channelAddress, phoneNumber);

const customerText = object({
  /** The customer; with or without the channel. */
  from: address,
  /** One of the account's senders; with or without the channel. */
  to: address,
  text: text({ min: 0, max: 65_536 }),
  eventId: optional(text()),
  messageId: optional(text()),
  conversationId: optional(text()),
});

const assignment = object({ agentId: text() });

/** Plays the customer and the agents. */
export const conversationRoutes: ControlRoute[] = [
  { method: 'POST', path: '/accounts/:account/customer-messages', handle: customerWrites },
  { method: 'GET', path: '/accounts/:account/conversations', handle: list },
  { method: 'GET', path: '/accounts/:account/conversations/:conversationId', handle: (call) => view(known(call)) },
  { method: 'POST', path: '/accounts/:account/conversations/:conversationId/assign', handle: assign },
  { method: 'POST', path: '/accounts/:account/conversations/:conversationId/close', handle: close },
];

function customerWrites(call: ControlCall): object {
  const { from, to, conversationId, ...message } = customerText(call.body, '');
  const pair = pairOf(call, from, to);
  const given = conversationId === undefined ? undefined : ofPair(known(call, conversationId), pair);
  return call.world.narrator.customerWrote(call.account, pair, given, message);
}

function pairOf({ account }: ControlCall, from: string, to: string): Pair {
  const sender = account.settings.senders.find((one) => to === one.address || to === `${one.channel}:${one.address}`);
  if (!sender) throw new FieldError('to', 'is not a sender of this account');
  const [channel, contact] = from.includes(':') ? (from.split(':') as [Channel, string]) : [sender.channel, from];
  if (channel !== sender.channel) throw new FieldError('from', 'must be on the channel of the sender');
  return { channel, sender: sender.address, contact };
}

function ofPair(conversation: Conversation, { channel, sender, contact }: Pair): Conversation {
  const { pair } = conversation;
  if (pair.channel === channel && pair.sender === sender && pair.contact === contact) return conversation;
  throw new FieldError('conversationId', 'belongs to other addresses');
}

function list({ account, incoming }: ControlCall): object {
  const { limit = '100' } = object({ limit: optional(text({ pattern: /^\d{1,6}$/, like: '100' })) })(
    incoming.query,
    '',
  );
  return { total: account.conversations.size, conversations: account.conversations.latest(Number(limit)).map(view) };
}

function assign(call: ControlCall): object {
  const conversation = stillOpen(known(call));
  const { agentId } = assignment(call.body, '');
  call.world.narrator.joined(call.account, conversation, agentId, 'accepted');
  return view(conversation);
}

function close(call: ControlCall): object {
  const conversation = stillOpen(known(call));
  call.world.narrator.closed(call.account, conversation);
  return view(conversation);
}

function known({ account, incoming }: ControlCall, id = incoming.param('conversationId')): Conversation {
  const conversation = account.conversations.find(id);
  if (!conversation) throw notFound(`conversation ${JSON.stringify(id)} does not exist`);
  return conversation;
}

function stillOpen(conversation: Conversation): Conversation {
  if (conversation.status === 'closed') throw new FieldError('conversationId', 'is closed');
  return conversation;
}

function view({ id, pair, status, queueId, openedBy, participants, lines }: Conversation): object {
  return { id, ...pair, status, queueId, openedBy, participants: [...participants.values()], lines };
}
