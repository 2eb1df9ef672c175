import type { Channel, MessageContent } from '@heliograph/contracts';

/** Asks the provider to send one message into one of its conversations. */
export interface SendRequest {
  readonly providerConversationId: string;
  readonly channel: Channel;
  /** Canonical address of the contact. */
  readonly to: string;
  readonly content: MessageContent;
  /** Our reference, the same in every attempt; a profile whose contract has a field for it sends it along. */
  readonly reference: string;
}

export interface SentMessage {
  readonly providerMessageId: string;
}
