import { isDeepStrictEqual } from 'node:util';
import type { Answer, Arrival } from './arrival.ts';

type Given = Exclude<Answer, undefined>;

/** An agent's part in a conversation. */
export interface StubAgent {
  readonly id: string;
  readonly role: 'agent';
  status: string;
  wrap_up_code?: string;
}

/** Where the agents of an account are. */
interface AgentsAt {
  readonly agents: Map<string, StubAgent[]>;
  readonly conversations: Map<string, 'open' | 'closed'>;
}

export const problem = (status: number, message: string, code = String(status)): Given => ({
  status,
  body: { message, code, status },
});

export function addAgent(account: AgentsAt, { conversationId, body }: Arrival): Given {
  const agents = account.agents.get(conversationId!) ?? [];
  account.agents.set(conversationId!, agents);
  const { id, status } = body as { id: string; status: string };
  const present = agents.find((agent) => agent.id === id);
  if (present) present.status = status;
  else agents.push({ id, role: 'agent', status });
  return { status: 201, body: { id, status } };
}

/** Closes the conversation with the last of its agents. */
export function wrapUpAgent(account: AgentsAt, arrival: Arrival): Given {
  const agents = account.agents.get(arrival.conversationId!) ?? [];
  const agent = agents.find(({ id }) => id === arrival.participantId);
  if (!agent) return problem(404, 'unknown participant');
  if (agent.status === 'pending') return problem(400, 'has not accepted');
  agent.status = 'wrapped_up';
  agent.wrap_up_code = arrival.body.wrap_up_code as string;
  if (agents.every(({ status }) => status === 'wrapped_up'))
    account.conversations.set(arrival.conversationId!, 'closed');
  return { status: 200, body: { id: agent.id } };
}

/** Guide 000, section 5, field by field. */
export function kindOf(method: string, participantId: string | undefined, body: Record<string, unknown>) {
  if (method === 'GET') return participantId === undefined ? 'list' : undefined;
  const { id, status, wrap_up_code } = body;
  if (method === 'PUT' && participantId !== undefined) {
    return isDeepStrictEqual(body, { wrap_up_code, wrap_up_code_required: true }) ? 'wrap-up' : undefined;
  }
  const routing_data = { wrap_up_code: null, wrap_up_code_required: false };
  const isAgent = isDeepStrictEqual(body, { id, type: 'user', role: 'agent', status, routing_data });
  return isAgent && (status === 'accepted' || status === 'pending') ? 'add' : undefined;
}
