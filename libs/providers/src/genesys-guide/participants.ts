import { isText, valueAt } from '../field-reader.ts';
import type { AddedParticipant, AddParticipant, AgentParticipant, AgentState } from '../participants.ts';
import type { Read } from './answers.ts';
import { idOf } from './client-call.ts';

/** Guide 000, section 5: an agent is added, or set to another status, by one and the same request. */
export function addParticipantBody({ agentId, accepted }: AddParticipant): object {
  return {
    id: agentId,
    type: 'user',
    role: 'agent',
    status: accepted ? 'accepted' : 'pending',
    routing_data: { wrap_up_code: null, wrap_up_code_required: false },
  };
}

/** Guide 000, section 5. */
export const wrapUpBody = (code: string): object => ({ wrap_up_code: code, wrap_up_code_required: true });

/** Guide 000, section 5 names `accepted`, `pending` and the state `wrap_up`; how a list spells the last one is assumed. */
const STATES: Readonly<Record<string, AgentState>> = {
  pending: 'pending',
  accepted: 'accepted',
  wrap_up: 'wrapped-up',
  wrapped_up: 'wrapped-up',
};

const stateOf = (status: unknown): AgentState =>
  isText(status) && Object.hasOwn(STATES, status) ? STATES[status]! : 'other';

/** The answer to the request that adds an agent: the participant as it is now (assumed). */
export const readAdded = (json: unknown): Read<AddedParticipant> =>
  idOf(json, (participantId) => {
    const status = valueAt(json, 'status');
    return { participantId, ...(isText(status) && { state: stateOf(status) }) };
  });

/**
 * The answer of edge case 3's GET, in the shape of the guides' other lists (assumed). A participant's id is the id of the user
 * that was added (assumed: the guide shows one id in the POST and one in the path of the wrap-up).
 */
export function readParticipants(json: unknown): Read<readonly AgentParticipant[]> {
  const entities = valueAt(json, 'entities');
  if (!Array.isArray(entities)) return { ok: false, reason: 'the answer has no list of entities' };
  const agents: AgentParticipant[] = [];
  for (const [index, entity] of entities.entries()) {
    if (valueAt(entity, 'role') !== 'agent') continue;
    const id = valueAt(entity, 'id');
    if (!isText(id)) return { ok: false, reason: `entities[${index}].id is missing` };
    agents.push({ participantId: id, agentId: id, state: stateOf(valueAt(entity, 'status')) });
  }
  return { ok: true, value: agents };
}
