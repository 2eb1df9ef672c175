import {
  ERASED,
  conversationId,
  divertedId,
  type CommandFailed,
  type ConversationAssigned,
  type ConversationClosed,
  type ConversationHandedOff,
  type DeadlinePassed,
  type MessageDiverted,
  type MessageHeld,
  type SendMessage,
} from '@heliograph/contracts';
import type { Fact } from '../src/fold/facts.ts';
import { factOf, isoAt, parties, uuidOf } from './fact-builders.ts';

/** Facts about who has the conversation, for the specs of this service. Times are hours from the start. */
const outcome = (name: string, hours: number) => ({
  commandId: uuidOf(`command ${name}`),
  possiblyRepeated: false,
  at: isoAt(hours),
  providerConversationId: 'pc-1',
});

export const assignedTo = (
  assigneeKind: ConversationAssigned['assigneeKind'],
  assigneeId: string,
  hours: number,
): Fact =>
  factOf('conversation.assigned', `${assigneeKind} ${assigneeId} ${hours}`, {
    providerConversationId: 'pc-1',
    assigneeKind,
    assigneeId,
    at: isoAt(hours),
  });

export const handedOff = (
  assigneeId: string,
  hours: number,
  data: Partial<Pick<ConversationHandedOff, 'assigneeKind' | 'accepted'>> = {},
): Fact =>
  factOf('conversation.handed-off', `${assigneeId} ${hours}`, {
    ...outcome(`hand-off ${assigneeId} ${hours}`, hours),
    assigneeKind: 'agent',
    assigneeId,
    accepted: true,
    customerAuthenticated: false,
    transcript: [],
    omitted: 0,
    ...data,
  });

export const accepted = (agentId: string, hours: number): Fact =>
  factOf('participant.accepted', `${agentId} ${hours}`, { ...outcome(`accept ${agentId} ${hours}`, hours), agentId });

export const wrappedUp = (agentId: string, hours: number): Fact =>
  factOf('participant.wrapped-up', `${agentId} ${hours}`, {
    ...outcome(`wrap up ${agentId} ${hours}`, hours),
    agentId,
    code: 'resolved',
  });

export const closedByCommand = (hours: number, data: Partial<ConversationClosed> = {}): Fact =>
  factOf('conversation.closed', `${hours}`, {
    ...outcome(`close ${hours}`, hours),
    wrappedUp: [],
    code: 'stuck',
    ...data,
  });

export const commandFailed = (hours: number, data: Partial<CommandFailed> = {}): Fact =>
  factOf('command.failed', `${hours}`, {
    ...outcome(`failed ${hours}`, hours),
    command: 'conversation.close',
    code: 'not-found',
    reason: 'there is no such conversation',
    ...data,
  });

export function sendCommand(name: string, text = 'It leaves today.'): SendMessage {
  const content = { type: 'text' as const, text };
  return { ...parties, messageId: uuidOf(`message ${name}`), class: 'transactional', content, acceptedAt: isoAt(0) };
}

export const held = (name: string, hours: number, data: Partial<MessageHeld> = {}): Fact => {
  const command: SendMessage = { ...sendCommand(name), ifWindowClosed: 'hold' };
  const { messageId } = command;
  return factOf('message.held', name, { messageId, command, until: isoAt(hours + 48), at: isoAt(hours), ...data });
};

export const deadlinePassed = (data: Omit<DeadlinePassed, keyof typeof parties>, name = JSON.stringify(data)): Fact =>
  factOf('session.deadline-passed', name, data);

/** A template to `contact`, by the channel that the conversation of the specs is not on. */
export function divertedCommandOf(name: string): SendMessage {
  const contact = `+${parties.contact}`;
  const to = { ...parties, channel: 'sms' as const, sender: 'alerts', contact };
  const messageId = uuidOf(`message ${name}`);
  return {
    ...to,
    conversationId: conversationId(to.tenant, to.channel, to.sender, contact),
    messageId: divertedId(messageId),
    class: 'transactional',
    content: { type: 'template', name: 'order_sms', language: 'en_US', variables: { order: 'A-1' } },
    acceptedAt: isoAt(0),
    divertedFrom: messageId,
  };
}

export const diverted = (name: string, hours: number, data: Partial<MessageDiverted> = {}): Fact =>
  factOf('message.diverted', name, {
    messageId: uuidOf(`message ${name}`),
    command: divertedCommandOf(name),
    code: 'template-not-approved',
    reason: 'template "order" (en_US) is REJECTED: POLICY_VIOLATION',
    at: isoAt(hours),
    ...data,
  });

/** The contact is to be erased, of what happened in so many hours. */
export const erased = (hours: number, name = 'asked'): Fact => {
  const data = { ...parties, contact: ERASED, erasureId: uuidOf(`erasure ${name}`), at: isoAt(hours) } as const;
  return {
    ...deadlinePassed({ deadline: 'hold', at: isoAt(hours) }, name),
    type: 'contact.erased',
    id: uuidOf(`erased ${name}`),
    data,
  };
};
