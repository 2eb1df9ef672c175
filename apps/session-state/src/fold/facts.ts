import type {
  CloudEvent,
  ContactConsentReported,
  ContactErased,
  CommandFailed,
  ConversationAssigned,
  ConversationClosed,
  ConversationHandedOff,
  DeadlinePassed,
  MessageDiverted,
  MessageFailed,
  MessageHeld,
  MessageReceived,
  MessageSent,
  MessageStatusReported,
  MessageSuppressed,
  MessageUnresolved,
  ParticipantAccepted,
  ParticipantWrappedUp,
  ProviderConversationChanged,
  ProviderConversationOpened,
} from '@heliograph/contracts';

interface FactOf<Type extends string, Data> extends CloudEvent<Data> {
  readonly type: Type;
}

/** Every fact of the inputs, told apart by its CloudEvents type. */
export type Fact =
  | FactOf<'message.received', MessageReceived>
  | FactOf<'message.status-reported', MessageStatusReported>
  | FactOf<'provider-conversation.changed', ProviderConversationChanged>
  | FactOf<'contact.consent-reported', ContactConsentReported>
  | FactOf<'conversation.assigned', ConversationAssigned>
  | FactOf<'message.sent', MessageSent>
  | FactOf<'message.failed', MessageFailed>
  | FactOf<'message.unresolved', MessageUnresolved>
  | FactOf<'message.diverted', MessageDiverted>
  | FactOf<'message.suppressed', MessageSuppressed>
  | FactOf<'message.held', MessageHeld>
  | FactOf<'provider-conversation.opened', ProviderConversationOpened>
  | FactOf<'conversation.handed-off', ConversationHandedOff>
  | FactOf<'participant.accepted', ParticipantAccepted>
  | FactOf<'participant.wrapped-up', ParticipantWrappedUp>
  | FactOf<'conversation.closed', ConversationClosed>
  | FactOf<'command.failed', CommandFailed>
  | FactOf<'session.deadline-passed', DeadlinePassed>
  | FactOf<'contact.erased', ContactErased>;

export type FactType = Fact['type'];

const TYPES: Record<FactType, true> = {
  'message.received': true,
  'message.status-reported': true,
  'provider-conversation.changed': true,
  'contact.consent-reported': true,
  'conversation.assigned': true,
  'message.sent': true,
  'message.failed': true,
  'message.unresolved': true,
  'message.diverted': true,
  'message.suppressed': true,
  'message.held': true,
  'provider-conversation.opened': true,
  'conversation.handed-off': true,
  'participant.accepted': true,
  'participant.wrapped-up': true,
  'conversation.closed': true,
  'command.failed': true,
  'session.deadline-passed': true,
  'contact.erased': true,
};

/** The types this service folds; a topic that carries another one must teach the fold first. */
export const FACT_TYPES = Object.keys(TYPES) as FactType[];

export function isFact(event: CloudEvent): event is Fact {
  return Object.hasOwn(TYPES, event.type);
}
