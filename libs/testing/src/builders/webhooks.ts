import { createHmac, randomUUID } from 'node:crypto';
import type { Channel } from '@heliograph/contracts';
import { randomNumber } from './parties.ts';

/** Bodies of profile genesys-guide as its provider would send them. They know nothing of the code that reads them. */
export interface GuideEvent {
  id: string;
  type: string;
  timestamp: string;
  conversation: { id: string };
  [field: string]: unknown;
}

const OUR_NUMBER = '+15550009876';
const event = (type: string, fields: Record<string, unknown>): GuideEvent => ({
  id: randomUUID(),
  type,
  timestamp: new Date().toISOString(),
  conversation: { id: randomUUID() },
  ...fields,
});

export interface GuideMessageOptions {
  id?: string;
  conversationId?: string;
  channel?: Channel;
  /** A number in E.164, or an id of the channel; a random number when absent. */
  from?: string;
  to?: string;
  text?: string;
  /** In the place of a text. */
  body?: Record<string, unknown>;
  /** What the channel says of the customer; nothing when absent. */
  authenticated?: boolean;
  timestamp?: string;
}

/** A customer wrote. */
export function guideMessage(options: GuideMessageOptions = {}): GuideEvent {
  const { channel = 'whatsapp', from = randomNumber(), to = OUR_NUMBER, text = 'Hello' } = options;
  const { body = { type: 'text', text }, authenticated } = options;
  return {
    ...event('message', {
      message: { id: randomUUID() },
      from: { id: `${channel}:${from}`, ...given({ authenticated }) },
      to: { id: `${channel}:${to}` },
      body,
    }),
    ...given({ id: options.id, timestamp: options.timestamp }),
    ...given({ conversation: options.conversationId && { id: options.conversationId } }),
  } as GuideEvent;
}

/** A receipt for a message of ours. */
export function guideReceipt(
  messageId: string,
  status: 'sent' | 'delivered' | 'read' | 'failed',
  conversationId: string,
): GuideEvent {
  return event('message', { message: { id: messageId }, status, conversation: { id: conversationId } });
}

/** The provider tells that the customer has opted out (guide 002, edge case 1). */
export function guideOptOut(conversationId: string): GuideEvent {
  return event('message', { status: 'OUTBOUND_MESSAGE_OPT_OUT', conversation: { id: conversationId } });
}

/** The provider's conversation was queued, became active or was closed. */
export function guideConversation(conversationId: string, status: 'queued' | 'active' | 'closed'): GuideEvent {
  return event('conversation', { status, conversation: { id: conversationId } });
}

/** The provider's conversation was given to somebody. */
export function guideAssignment(
  conversationId: string,
  assignee: { type: 'queue' | 'agent' | 'bot'; id: string },
): GuideEvent {
  return event('routing:conversation:assignment', { assignee, conversation: { id: conversationId } });
}

/** The value of `X-Genesys-Cloud-Signature` for a body, over its bytes. */
export function guideSignature(secret: string, body: string | Buffer, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHmac('sha256', secret).update(body).digest(encoding);
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
