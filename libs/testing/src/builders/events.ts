import { randomUUID } from 'node:crypto';
import type {
  ConversationAssigned,
  MessageReceived,
  MessageSent,
  MessageStatusReported,
  ProviderConversationChanged,
  SendMessage,
} from '@heliograph/contracts';
import { parties } from './parties.ts';

/** Event data of the contracts: valid as they are, with whatever a test cares about put over it. */

const now = (): string => new Date().toISOString();

export function messageReceived(over: Partial<MessageReceived> = {}): MessageReceived {
  const text = `question ${randomUUID().slice(0, 8)}`;
  return { ...parties(), providerMessageId: randomUUID(), at: now(), content: { type: 'text', text }, ...over };
}

export function messageStatusReported(over: Partial<MessageStatusReported> = {}): MessageStatusReported {
  return { ...parties(), providerMessageId: randomUUID(), status: 'delivered', at: now(), ...over };
}

export function providerConversationChanged(
  over: Partial<ProviderConversationChanged> = {},
): ProviderConversationChanged {
  return { ...parties(), providerConversationId: randomUUID(), state: 'active', at: now(), ...over };
}

export function conversationAssigned(over: Partial<ConversationAssigned> = {}): ConversationAssigned {
  const assignee = { assigneeKind: 'agent' as const, assigneeId: randomUUID() };
  return { ...parties(), providerConversationId: randomUUID(), ...assignee, at: now(), ...over };
}

export function sendMessage(over: Partial<SendMessage> = {}): SendMessage {
  const content = { type: 'text' as const, text: `answer ${randomUUID().slice(0, 8)}` };
  return { ...parties(), messageId: randomUUID(), class: 'transactional', content, acceptedAt: now(), ...over };
}

export function messageSent(over: Partial<MessageSent> = {}): MessageSent {
  const content = { type: 'text' as const, text: `answer ${randomUUID().slice(0, 8)}` };
  const ids = { messageId: randomUUID(), providerMessageId: randomUUID() };
  return { ...parties(), ...ids, possiblyRepeated: false, at: now(), content, ...over };
}
