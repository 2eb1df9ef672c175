import { accountEndpoint, type AccountCall } from '../accounts/account-endpoint.ts';
import { badRequest, notFound } from '../exchange/refusal.ts';
import type { Answer, Endpoint } from '../exchange/endpoint.ts';
import { assertVisible } from '../routing/routing-endpoints.ts';
import { CONVERSATIONS, knownConversation, openConversation } from './conversation-endpoints.ts';
import { participantShape, wrapUpShape } from './message-shapes.ts';

const PARTICIPANTS = `${CONVERSATIONS}/:conversationId/participants`;

/** Guide 000 §5. A participant's id is the user id it was added with; adding it again changes its status. */
export const participantEndpoints: Endpoint[] = [
  accountEndpoint({ method: 'GET', path: PARTICIPANTS, scope: 'view:conversation', handle: list }),
  accountEndpoint({ method: 'POST', path: PARTICIPANTS, scope: 'edit:conversation', handle: add }),
  accountEndpoint({
    method: 'PUT',
    path: `${PARTICIPANTS}/:participantId/wrapup`,
    scope: 'edit:conversation',
    handle: wrapUp,
  }),
];

function list(call: AccountCall): Answer {
  const { pair, participants } = knownConversation(call);
  const customer = { id: `${pair.channel}:${pair.contact}`, type: 'person', role: 'customer', status: 'accepted' };
  return { status: 200, body: { entities: [customer, ...participants.values()] } };
}

function add(call: AccountCall): Answer {
  const conversation = openConversation(call);
  const { id, status, routing_data } = participantShape(call.incoming.json(), '');
  assertVisible(call.account, 'user', id, 'id');
  const participant = call.world.narrator.joined(call.account, conversation, id, status, routing_data.wrap_up_code);
  return { status: 201, body: participant };
}

function wrapUp(call: AccountCall): Answer {
  const conversation = openConversation(call);
  const { wrap_up_code } = wrapUpShape(call.incoming.json(), '');
  const id = call.incoming.param('participantId');
  const participant = conversation.participants.get(id);
  if (!participant) throw notFound(`participant ${JSON.stringify(id)} does not exist`);
  if (participant.status === 'pending') throw badRequest('participantId: has not accepted');
  participant.status = 'wrapped_up';
  participant.wrap_up_code = wrap_up_code;
  if (conversation.wrappedUp && !call.account.leaves('active')) call.world.narrator.closed(call.account, conversation);
  return { status: 200, body: participant };
}
