import { SendMessage } from './command/send-message.ts';
import { contract, type EventContract } from './contract.ts';
import { ConversationAssigned } from './inbound/conversation-assigned.ts';
import { MessageReceived } from './inbound/message-received.ts';
import { MessageStatusReported } from './inbound/message-status-reported.ts';
import { ProviderConversationChanged } from './inbound/provider-conversation-changed.ts';
import { ConversationMapped } from './mapping/conversation-mapped.ts';
import { MessageFailed } from './outbound/message-failed.ts';
import { MessageSent } from './outbound/message-sent.ts';
import { MessageUnresolved } from './outbound/message-unresolved.ts';
import { ProviderConversationOpened } from './outbound/provider-conversation-opened.ts';
import { SessionSnapshot } from './session/session-snapshot.ts';
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
  sendMessage: contract('message.send', TOPICS.conversationCommand, SendMessage),
  messageSent: contract('message.sent', TOPICS.conversationOutbound, MessageSent),
  messageFailed: contract('message.failed', TOPICS.conversationOutbound, MessageFailed),
  messageUnresolved: contract('message.unresolved', TOPICS.conversationOutbound, MessageUnresolved),
  providerConversationOpened: contract(
    'provider-conversation.opened',
    TOPICS.conversationOutbound,
    ProviderConversationOpened,
  ),
  timelineEntry: contract('timeline.entry', TOPICS.conversationTimeline, TimelineEntry),
  sessionSnapshot: contract('session.snapshot', TOPICS.conversationSession, SessionSnapshot),
  conversationMapped: contract('conversation.mapped', TOPICS.conversationMapping, ConversationMapped),
  templateState: contract('template.state', TOPICS.templateState, TemplateState),
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
