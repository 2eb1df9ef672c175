import { accountEndpoint, type AccountCall } from '../accounts/account-endpoint.ts';
import type { Answer, Endpoint } from '../exchange/endpoint.ts';
import { badRequest, notFound } from '../exchange/refusal.ts';
import { assertVisible } from '../routing/routing-endpoints.ts';
import type { Conversation } from './conversation-store.ts';
import type { Template } from '../templates/template-store.ts';
import type { Fate } from '../webhooks/narrator.ts';
import { newConversation, newMessage, type SentTemplate } from './message-shapes.ts';
import { assertSendable, MISMATCH } from './sendable.ts';
import { judgeValues, offersOfTemplate, valuesOfComponents } from './template-values.ts';

export const CONVERSATIONS = '/api/v2/conversations/messaging';

/** Guide 000 §4. */
export const conversationEndpoints: Endpoint[] = [
  accountEndpoint({ method: 'POST', path: CONVERSATIONS, scope: 'edit:conversation', handle: create }),
  accountEndpoint({
    method: 'POST',
    path: `${CONVERSATIONS}/:conversationId/messages`,
    scope: 'edit:conversation',
    handle: send,
  }),
];

function create({ world, account, incoming, record }: AccountCall): Answer {
  const { channel, sender, contact, queueId, skillIds } = newConversation(incoming.json());
  if (!account.sender(channel, sender)) throw badRequest('from.id: is not a number of this account', MISMATCH);
  assertVisible(account, 'queue', queueId, 'routing_data.queue_id');
  skillIds.forEach((id, index) => assertVisible(account, 'skill', id, `routing_data.skills[${index}].id`));
  const conversation = account.conversations.open({ channel, sender, contact }, queueId, 'api');
  record.conversationId = conversation.id;
  world.narrator.opened(account, conversation);
  return { status: 201, body: { id: conversation.id, status: conversation.status } };
}

function send(call: AccountCall): Answer {
  const { world, account, incoming, record } = call;
  const conversation = openConversation(call);
  const message = newMessage(incoming.json());
  const template = assertSendable(account, conversation, message, world.clock.now());
  const fate = template && message.template ? fateOf(template, message.template) : {};
  const buttons = fate.offers?.map(({ label }) => label) ?? [];
  const words = { text: record.text ?? '', ...(buttons.length > 0 && { buttons }) };
  const messageId = world.narrator.sent(account, conversation, words, fate);
  record.messageId = messageId;
  world.requests.messageAccepted(account.id);
  return { status: 201, body: { id: messageId, status: 'queued' } };
}

function fateOf(template: Template, sent: SentTemplate): Fate {
  const failure = judgeValues(template, valuesOfComponents(template, sent), 'template.components');
  return { failure, offers: offersOfTemplate(template, sent.components) };
}

/** 404 when the account has no such conversation. */
export function knownConversation({ account, incoming }: AccountCall): Conversation {
  const id = incoming.param('conversationId');
  const conversation = account.conversations.find(id);
  if (!conversation) throw notFound(`conversation ${JSON.stringify(id)} does not exist`);
  return conversation;
}

/** As `knownConversation`; 400 when it is closed. */
export function openConversation(call: AccountCall): Conversation {
  const conversation = knownConversation(call);
  if (conversation.status === 'closed') throw badRequest('conversationId: is closed', 'conversation.closed');
  return conversation;
}
