import type { Channel, FieldProblem, TemplateChannel } from '@heliograph/contracts';

/** An address as the provider wrote it, and as conversation IDs need it. */
export interface PartyAddress {
  readonly raw: string;
  readonly channel: Channel;
  /** Canonical form. */
  readonly address: string;
}

interface FactBase {
  /** The provider's id of the event. */
  readonly eventId: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly providerConversationId?: string;
  readonly channel?: Channel;
  readonly from?: PartyAddress;
  readonly to?: PartyAddress;
}

/** What a customer's message says. Types the pipeline does not model keep the provider's name and nothing else. */
export interface ReceivedContentFact {
  readonly type: string;
  readonly text?: string;
  /** What the chosen answer or pressed button stands for. */
  readonly payload?: string;
  /** Where an attachment lies at the provider. */
  readonly url?: string;
  readonly mimeType?: string;
  /** Degrees, WGS 84. */
  readonly latitude?: number;
  readonly longitude?: number;
}

/** A customer wrote: `from` is the contact, `to` the sender. */
export interface MessageFact extends FactBase {
  readonly kind: 'message';
  readonly direction: 'inbound';
  readonly providerMessageId: string;
  /** Whether the channel knows the customer to be who they say; absent: it does not say. */
  readonly authenticated?: boolean;
  readonly content: ReceivedContentFact;
}

/** A receipt for a message of ours: `from` is the sender, `to` the contact. */
export interface StatusFact extends FactBase {
  readonly kind: 'status';
  readonly direction: 'outbound';
  readonly providerMessageId: string;
  /** Our reference of the send, where the provider's receipts carry it: it tells what became of an unknown outcome. */
  readonly reference?: string;
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  readonly reason?: string;
  /** The reason is a code that means: the contact has opted out. */
  readonly optedOut?: true;
}

/** The contact has said no to our messages, or yes again. Which of `from` and `to` is ours is not said. */
export interface ConsentFact extends FactBase {
  readonly kind: 'consent';
  readonly direction?: undefined;
  readonly change: 'opt-out' | 'opt-in';
  readonly purpose: 'all' | 'marketing';
  readonly source: 'provider-event' | 'preference';
  /** The provider's word for it. */
  readonly code: string;
}

/** A provider conversation changed its state. Which of `from` and `to` is ours is not said: compare with the senders. */
export interface ConversationFact extends FactBase {
  readonly kind: 'conversation';
  readonly direction?: undefined;
  readonly providerConversationId: string;
  readonly state: 'queued' | 'active' | 'closed';
}

/** A provider conversation was given to somebody. `from` and `to` as in `ConversationFact`. */
export interface AssignmentFact extends FactBase {
  readonly kind: 'assignment';
  readonly direction?: undefined;
  readonly providerConversationId: string;
  readonly assignee: { readonly kind: 'queue' | 'agent' | 'bot'; readonly id: string };
}

/** A queue or a skill changed. Of no conversation. */
export interface RoutingFact {
  readonly kind: 'routing';
  readonly eventId: string;
  readonly at: string;
  readonly what: 'queue' | 'skill';
  /** Absent: any of them may have changed. */
  readonly id?: string;
}

/** The provider thinks otherwise of a template. Of no conversation; what is absent has not changed, and something has. */
export interface TemplateFact {
  readonly kind: 'template';
  readonly eventId: string;
  readonly at: string;
  readonly name: string;
  /** As the provider's list writes it. */
  readonly language: string;
  readonly channel: TemplateChannel;
  /** Absent also where it could not be read without loss; name and language tell which template it is. */
  readonly providerTemplateId?: string;
  /** The provider's word, upper case. */
  readonly status?: string;
  readonly reason?: string;
  /** GREEN, YELLOW, RED, UNKNOWN. */
  readonly quality?: string;
  readonly category?: string;
}

/** What an event says of a conversation. */
export type ConversationalFact = MessageFact | StatusFact | ConsentFact | ConversationFact | AssignmentFact;

/** What an event says of an account, not of a conversation. */
export type AccountFact = RoutingFact | TemplateFact;

export type ProviderFact = ConversationalFact | AccountFact;

export type Translation =
  /** Of conversations, or one about the account: an event is about either. */
  | { readonly ok: true; readonly facts: readonly ConversationalFact[] | readonly [AccountFact] }
  /** `reason` is one sentence; neither it nor the problems quote addresses or message text. */
  | { readonly ok: false; readonly reason: string; readonly problems: readonly FieldProblem[] };

/** Reads one event of a provider as facts. Never throws: bad input is a value. */
export interface EventTranslator {
  translate(data: unknown): Translation;
}
