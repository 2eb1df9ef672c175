import type { ContactRequest } from './contact-stub.ts';

/** A request about a conversation or a contact, as it arrived. */
export interface Arrival {
  readonly kind: 'open' | 'add' | 'list' | 'wrap-up' | 'notification' | ContactRequest['kind'];
  /** performance.now() when it was complete. */
  readonly at: number;
  /** The OAuth client whose token it carries. */
  readonly client: string;
  readonly conversationId?: string;
  /** Of a look-up of a contact, and of a message to one. */
  readonly contactId?: string;
  readonly body: Record<string, unknown>;
  /** Of a notification: to whom. */
  readonly to?: string;
  /** What the message says; of a template its name, or its id where that is sent. */
  readonly text?: string;
  /** Of a wrap-up. */
  readonly participantId?: string;
}

/** A special answer: a status with a body and headers, or `hang`: do as asked and never answer. */
export type Answer =
  { readonly status: number; readonly body?: object; readonly headers?: Record<string, string> } | 'hang' | undefined;
