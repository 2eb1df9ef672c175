import { FieldError, object, optional, text } from '../check/check.ts';
import { notFound } from '../exchange/refusal.ts';
import type { Conversation, Pair } from '../messaging/conversation-store.ts';
import type { ControlCall, ControlRoute } from './control-call.ts';
import { customerMessage } from './customer-messages.ts';

const assignment = object({ agentId: text() });
const press = object({ payload: text({ max: 256 }), eventId: optional(text()) });

/** Plays the customer and the agents. */
export const conversationRoutes: ControlRoute[] = [
  { method: 'POST', path: '/accounts/:account/customer-messages', handle: customerWrites },
  { method: 'GET', path: '/accounts/:account/conversations', handle: list },
  { method: 'GET', path: '/accounts/:account/conversations/:conversationId', handle: (call) => view(known(call)) },
  { method: 'POST', path: '/accounts/:account/conversations/:conversationId/assign', handle: assign },
  { method: 'POST', path: '/accounts/:account/conversations/:conversationId/close', handle: close },
  { method: 'POST', path: '/accounts/:account/conversations/:conversationId/press', handle: pressButton },
  { method: 'POST', path: '/accounts/:account/conversations/:conversationId/opt-out', handle: optOut },
  { method: 'POST', path: '/accounts/:account/conversations/:conversationId/renew-contact', handle: renewContact },
];

function customerWrites(call: ControlCall): object {
  const { pair, conversationId, ...message } = customerMessage(call);
  const given = conversationId === undefined ? undefined : ofPair(known(call, conversationId), pair);
  return call.world.narrator.customerWrote(call.account, pair, given, message);
}

function ofPair(conversation: Conversation, { channel, sender, contact }: Pair): Conversation {
  const { pair } = conversation;
  if (pair.channel === channel && pair.sender === sender && pair.contact === contact) return conversation;
  throw new FieldError('conversationId', 'belongs to other addresses');
}

function optOut(call: ControlCall): object {
  const { eventId } = object({ eventId: optional(text()) })(call.body, '');
  return call.world.narrator.optedOut(call.account, known(call), eventId);
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

/** The customer presses a button of a structured message: it has to have been offered. */
function pressButton(call: ControlCall): object {
  const conversation = known(call);
  const { payload, eventId } = press(call.body, '');
  const offer = conversation.offered(payload);
  if (!offer) throw new FieldError('payload', 'was not offered in this conversation');
  const body = { type: offer.kind, text: offer.label, payload };
  const still = conversation.status === 'closed' ? undefined : conversation;
  return call.world.narrator.customerWrote(call.account, conversation.pair, still, { body, eventId });
}

/** The contact's id is another one from now on (guide 004, 404). */
function renewContact(call: ControlCall): object {
  const conversation = known(call);
  call.account.conversations.renewContact(conversation);
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

function view({ id, contactId, pair, status, queueId, openedBy, participants, lines }: Conversation): object {
  return { id, contactId, ...pair, status, queueId, openedBy, participants: [...participants.values()], lines };
}
