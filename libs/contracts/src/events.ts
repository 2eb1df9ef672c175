import { ConversationArchived } from './archive/conversation-archived.ts';
import { CampaignDefinition } from './campaign/campaign-definition.ts';
import { CampaignOrder } from './campaign/campaign-order.ts';
import { CampaignRecipient, CampaignRecipientsClosed } from './campaign/campaign-recipient.ts';
import { CampaignState } from './campaign/campaign-state.ts';
import { CampaignUpload } from './campaign/campaign-upload.ts';
import { AcceptParticipant } from './command/accept-participant.ts';
import { CloseConversation } from './command/close-conversation.ts';
import { HandOff } from './command/hand-off.ts';
import { SendMessage } from './command/send-message.ts';
import { WrapUpParticipant } from './command/wrap-up-participant.ts';
import { ConsentChange } from './consent/consent-change.ts';
import { ConsentChanged } from './consent/consent-changed.ts';
import { ConsentState } from './consent/consent-state.ts';
import { ConsentSuppressed } from './consent/consent-suppressed.ts';
import { contract, type EventContract } from './contract.ts';
import { DeadlinePassed } from './deadline/deadline-passed.ts';
import { ContactErased } from './erasure/contact-erased.ts';
import { ContactConsentReported } from './inbound/contact-consent-reported.ts';
import { ConversationAssigned } from './inbound/conversation-assigned.ts';
import { MessageReceived } from './inbound/message-received.ts';
import { MessageStatusReported } from './inbound/message-status-reported.ts';
import { ProviderConversationChanged } from './inbound/provider-conversation-changed.ts';
import { ConversationMapped } from './mapping/conversation-mapped.ts';
import { CommandFailed } from './outbound/command-failed.ts';
import { ConversationClosed } from './outbound/conversation-closed.ts';
import { ConversationHandedOff } from './outbound/conversation-handed-off.ts';
import { MessageDiverted } from './outbound/message-diverted.ts';
import { MessageFailed } from './outbound/message-failed.ts';
import { MessageHeld } from './outbound/message-held.ts';
import { MessageSent } from './outbound/message-sent.ts';
import { MessageSuppressed } from './outbound/message-suppressed.ts';
import { MessageUnresolved } from './outbound/message-unresolved.ts';
import { ParticipantAccepted } from './outbound/participant-accepted.ts';
import { ParticipantWrappedUp } from './outbound/participant-wrapped-up.ts';
import { ProviderConversationOpened } from './outbound/provider-conversation-opened.ts';
import { RoutingChanged } from './routing/routing-changed.ts';
import { SessionSnapshot } from './session/session-snapshot.ts';
import { TemplateAlert } from './template/template-alert.ts';
import { TemplateChanged } from './template/template-changed.ts';
import { TemplateDefinition } from './template/template-definition.ts';
import { TemplateState } from './template/template-state.ts';
import { TimelineEntry } from './timeline/timeline-entry.ts';
import { TOPICS } from './topics.ts';

/** Every event of the pipeline. */
export const EVENTS = {
  webhookReceived: contract<Record<string, unknown>>('webhook.received', TOPICS.webhookReceived),
  messageReceived: contract('message.received', TOPICS.conversationInbound, MessageReceived),
  messageStatusReported: contract('message.status-reported', TOPICS.conversationInbound, MessageStatusReported),
  providerConversationChanged: contract(
    'provider-conversation.changed',
    TOPICS.conversationInbound,
    ProviderConversationChanged,
  ),
  conversationAssigned: contract('conversation.assigned', TOPICS.conversationInbound, ConversationAssigned),
  contactConsentReported: contract('contact.consent-reported', TOPICS.conversationInbound, ContactConsentReported),
  sendMessage: contract('message.send', TOPICS.conversationCommand, SendMessage),
  handOff: contract('conversation.hand-off', TOPICS.conversationCommand, HandOff),
  acceptParticipant: contract('participant.accept', TOPICS.conversationCommand, AcceptParticipant),
  wrapUpParticipant: contract('participant.wrap-up', TOPICS.conversationCommand, WrapUpParticipant),
  closeConversation: contract('conversation.close', TOPICS.conversationCommand, CloseConversation),
  messageSent: contract('message.sent', TOPICS.conversationOutbound, MessageSent),
  messageFailed: contract('message.failed', TOPICS.conversationOutbound, MessageFailed),
  messageUnresolved: contract('message.unresolved', TOPICS.conversationOutbound, MessageUnresolved),
  providerConversationOpened: contract(
    'provider-conversation.opened',
    TOPICS.conversationOutbound,
    ProviderConversationOpened,
  ),
  messageDiverted: contract('message.diverted', TOPICS.conversationOutbound, MessageDiverted),
  messageSuppressed: contract('message.suppressed', TOPICS.conversationOutbound, MessageSuppressed),
  messageHeld: contract('message.held', TOPICS.conversationOutbound, MessageHeld),
  conversationHandedOff: contract('conversation.handed-off', TOPICS.conversationOutbound, ConversationHandedOff),
  participantAccepted: contract('participant.accepted', TOPICS.conversationOutbound, ParticipantAccepted),
  participantWrappedUp: contract('participant.wrapped-up', TOPICS.conversationOutbound, ParticipantWrappedUp),
  conversationClosed: contract('conversation.closed', TOPICS.conversationOutbound, ConversationClosed),
  commandFailed: contract('command.failed', TOPICS.conversationOutbound, CommandFailed),
  deadlinePassed: contract('session.deadline-passed', TOPICS.conversationDeadline, DeadlinePassed),
  contactErased: contract('contact.erased', TOPICS.conversationErasure, ContactErased),
  conversationArchived: contract('conversation.archived', TOPICS.conversationArchive, ConversationArchived),
  routingChanged: contract('routing.changed', TOPICS.routingEvent, RoutingChanged),
  timelineEntry: contract('timeline.entry', TOPICS.conversationTimeline, TimelineEntry),
  sessionSnapshot: contract('session.snapshot', TOPICS.conversationSession, SessionSnapshot),
  conversationMapped: contract('conversation.mapped', TOPICS.conversationMapping, ConversationMapped),
  templateChanged: contract('template.changed', TOPICS.templateEvent, TemplateChanged),
  templateState: contract('template.state', TOPICS.templateState, TemplateState),
  templateDefinition: contract('template.definition', TOPICS.templateDefinition, TemplateDefinition),
  templateAlert: contract('template.alert', TOPICS.templateAlert, TemplateAlert),
  consentChange: contract('consent.change', TOPICS.consentCommand, ConsentChange),
  consentChanged: contract('consent.changed', TOPICS.consentEvent, ConsentChanged),
  consentSuppressed: contract('consent.suppressed', TOPICS.consentEvent, ConsentSuppressed),
  consentState: contract('consent.state', TOPICS.consentState, ConsentState),
  campaignCreated: contract('campaign.created', TOPICS.campaignOrder, CampaignDefinition),
  campaignOrder: contract('campaign.order', TOPICS.campaignOrder, CampaignOrder),
  campaignUploaded: contract('campaign.uploaded', TOPICS.campaignOrder, CampaignUpload),
  campaignRecipient: contract('campaign.recipient', TOPICS.campaignRecipient, CampaignRecipient),
  campaignRecipientsClosed: contract('campaign.recipients-closed', TOPICS.campaignRecipient, CampaignRecipientsClosed),
  campaignMessage: contract('message.send', TOPICS.campaignCommand, SendMessage),
  campaignState: contract('campaign.state', TOPICS.campaignState, CampaignState),
} as const satisfies Record<string, EventContract>;

const byTopicAndType = new Map<string, EventContract>(
  Object.values<EventContract>(EVENTS).map((event) => [`${event.topic.name} ${event.type}`, event]),
);

/** The contract of a record by its topic and CloudEvents type; undefined for a type that topic does not carry. */
export function findContract(topic: string, type: string): EventContract | undefined {
  return byTopicAndType.get(`${topic} ${type}`);
}

/** The types a topic may carry, for error messages. */
export function typesOf(topic: string): string[] {
  return Object.values<EventContract>(EVENTS)
    .filter((e) => e.topic.name === topic)
    .map((e) => e.type);
}
