import type { ContentType } from '@heliograph/contracts';
import type { CallOptions, CallResult } from './call-result.ts';
import type { SendRequest, SentMessage } from './send-request.ts';

/** A customer as a provider knows them in one of its conversations. */
export interface ProviderContact {
  readonly contactId: string;
  readonly providerConversationId: string;
  /** Only in the first two it takes messages. */
  readonly state: 'queued' | 'active' | 'closed';
}

/** Asks for the contact of one conversation. */
export type FindContact = Pick<SendRequest, 'providerConversationId' | 'channel' | 'to'>;

/** Asks for a contact by its id, as the one of this conversation. */
export interface ReadContact {
  readonly contactId: string;
  readonly providerConversationId: string;
}

/** Asks the provider to send one message to a contact. */
export type SendToContact = SendRequest & ReadContact;

/**
 * Messages that a provider takes for a contact of its own instead of for a conversation. Like every call of a client, each
 * method makes at most one request. An id that is really the one of the conversation is refused before any request.
 */
export interface ContactMessaging {
  /** What is sent this way; everything else goes into the conversation. */
  readonly contents: ReadonlySet<ContentType>;
  /** The contact of a conversation; undefined when the provider has none. */
  find(request: FindContact, options: CallOptions): Promise<CallResult<ProviderContact | undefined>>;
  read(request: ReadContact, options: CallOptions): Promise<CallResult<ProviderContact>>;
  send(request: SendToContact, options: CallOptions): Promise<CallResult<SentMessage>>;
}

/** Part of a provider's client. */
export interface ContactMessagingClient {
  /** Absent where a provider has no contacts: every content goes into the conversation then. */
  readonly contacts?: ContactMessaging;
}
