import type { MessageContent, TemplateChannel } from '@heliograph/contracts';
import type { CallOptions, CallResult } from './call-result.ts';

/** Asks the provider for a conversation of its own for one message that no agent takes part in. */
export interface AgentlessSend {
  readonly channel: TemplateChannel;
  /** Canonical address of the sender; a profile whose contract has no field for it leaves the choice to the provider. */
  readonly from: string;
  /** Canonical address of the contact. */
  readonly to: string;
  /** A template as it is sent. Channels that send by id need `providerTemplateId`, and `variables` by their names. */
  readonly content: MessageContent;
  /** Our reference, the same in every attempt; a profile whose contract has a field for it sends it along. */
  readonly reference: string;
  /** For people who look at the provider's list of conversations. */
  readonly label?: string;
}

export interface AgentlessSent {
  /** The conversation that the send has opened: one per send. */
  readonly providerConversationId: string;
  readonly providerMessageId: string;
}

export interface AgentlessClient {
  /** Create and send in one request; it is done as a whole or not at all. */
  sendAgentless(request: AgentlessSend, options: CallOptions): Promise<CallResult<AgentlessSent>>;
}
