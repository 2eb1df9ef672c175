import { accountEndpoint, type AccountCall } from '../accounts/account-endpoint.ts';
import { FieldError, object, optional, text } from '../check/check.ts';
import type { Answer, Endpoint } from '../exchange/endpoint.ts';
import { badRequest, notFound } from '../exchange/refusal.ts';
import { channelAddress, parted } from '../settings/addresses.ts';
import { offersOf, structuredMessage, wordsOf } from './content-shapes.ts';
import { CONVERSATIONS } from './conversation-endpoints.ts';
import type { Conversation } from './conversation-store.ts';
import { assertWindow } from './sendable.ts';

const CONTACTS = `${CONVERSATIONS}/contacts`;
const READ = 'conversations:read';

/** What can be asked of the list; no guide shows it. */
const listQuery = object({ address: optional(channelAddress), conversationId: optional(text()) });

/** Guide 004. A contact is the customer of one conversation and has an id of its own. */
export const contactEndpoints: Endpoint[] = [
  accountEndpoint({ method: 'GET', path: CONTACTS, scope: READ, takesQuery: true, handle: list }),
  accountEndpoint({ method: 'GET', path: `${CONTACTS}/:contactId`, scope: READ, handle: show }),
  accountEndpoint({ method: 'POST', path: `${CONTACTS}/:contactId/messages`, scope: 'messages:send', handle: send }),
];

function list({ account: { conversations }, incoming }: AccountCall): Answer {
  const { address, conversationId } = listQuery(incoming.query, '');
  const { channel, address: contact } = parted(address ?? '') ?? {};
  if (conversationId === undefined && (channel === undefined || contact === undefined)) {
    throw new FieldError('address', 'or conversationId is required');
  }
  const named = conversationId === undefined ? undefined : (conversations.find(conversationId) ?? 'none');
  const found =
    named === 'none' ? [] : named ? [named] : channel && contact ? conversations.openWith(channel, contact) : [];
  const wanted = found.filter(
    ({ pair, status }) => status !== 'closed' && (contact === undefined || isOf(pair, channel, contact)),
  );
  return { status: 200, body: { entities: wanted.map(view) } };
}

const isOf = (pair: Conversation['pair'], channel: string | undefined, contact: string): boolean =>
  pair.channel === channel && pair.contact === contact;

/** Guide 004: a contact that can be fetched is one whose conversation is open, else it is a 404. */
function show(call: AccountCall): Answer {
  const conversation = knownContact(call);
  if (conversation.status === 'closed') throw notFound('contactId: its conversation has been closed');
  return { status: 200, body: view(conversation) };
}

function send(call: AccountCall): Answer {
  const { world, account, incoming, record } = call;
  const conversation = knownContact(call);
  if (conversation.status === 'closed')
    throw badRequest('contactId: its conversation is closed', 'conversation.closed');
  const content = structuredMessage(incoming.json());
  assertWindow(account, conversation, world.clock.now(), 'content');
  const messageId = world.narrator.sent(account, conversation, wordsOf(content), { offers: offersOf(content) });
  record.messageId = messageId;
  world.requests.messageAccepted(account.id);
  return { status: 201, body: { id: messageId, status: 'queued' } };
}

/** 404 when the account has no such contact: also for the id of a conversation, which is no contact's. */
function knownContact({ account, incoming }: AccountCall): Conversation {
  const id = incoming.param('contactId');
  const conversation = account.conversations.ofContact(id);
  if (!conversation) throw notFound(`contactId: ${JSON.stringify(id)} does not exist`);
  return conversation;
}

function view({ contactId, id, pair, status }: Conversation): object {
  return { id: contactId, address: `${pair.channel}:${pair.contact}`, conversationId: id, status };
}
