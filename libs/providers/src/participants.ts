import type { CallOptions, CallResult } from './call-result.ts';

/** `other`: a state of the provider's that none of the three describes. */
export const AGENT_STATES = ['pending', 'accepted', 'wrapped-up', 'other'] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** An agent's part in a provider conversation. */
export interface AgentParticipant {
  /** What the provider calls this part; names it in later requests. */
  readonly participantId: string;
  /** The provider's id of the person. */
  readonly agentId: string;
  readonly state: AgentState;
}

/** Asks for an agent to take part in a conversation, or for one who does to be in another state. */
export interface AddParticipant {
  readonly providerConversationId: string;
  readonly agentId: string;
  /** Not accepted: pending until it is asked for again as accepted. */
  readonly accepted: boolean;
}

/** What became of that. */
export interface AddedParticipant {
  readonly participantId: string;
  /** As the provider says; absent where it does not. It may leave an agent pending who was to be accepted. */
  readonly state?: AgentState;
}

/** Asks for an agent's part to be wrapped up. */
export interface WrapUp {
  readonly providerConversationId: string;
  readonly participantId: string;
  readonly code: string;
}

/** What can be asked about the people in a provider conversation. Each call makes at most one request, as every call does. */
export interface ParticipantCalls {
  addParticipant(request: AddParticipant, options: CallOptions): Promise<CallResult<AddedParticipant>>;
  /** The agents of the conversation, in the provider's order; customers and bots are left out. */
  listParticipants(
    request: { readonly providerConversationId: string },
    options: CallOptions,
  ): Promise<CallResult<readonly AgentParticipant[]>>;
  wrapUpParticipant(request: WrapUp, options: CallOptions): Promise<CallResult<{ participantId: string }>>;
}
