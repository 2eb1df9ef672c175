import { createHash } from 'node:crypto';
import {
  canonicalAddress,
  conversationId,
  messageId,
  type MessageContent,
  type SendMessage,
} from '@heliograph/contracts';
import { badRequest } from '../errors/api-error.ts';
import type { SendMessageRequest } from './send-message.request.ts';
import type { Senders } from './senders.ts';

/** A request that can be accepted: the command it becomes, and the hash by which its repetitions are recognised. */
export interface Acceptable {
  readonly command: Omit<SendMessage, 'acceptedAt'>;
  readonly hash: string;
}

/**
 * Turns a validated request into the command it asks for. The same request of a tenant with the same key always gives the
 * same message id, conversation and hash.
 *
 * @throws ApiError 400 for an unknown sender or a recipient that is no address of the channel
 */
export function acceptable(request: SendMessageRequest, tenant: string, key: string, senders: Senders): Acceptable {
  const { channel, sender } = request;
  const account = senders.accountOf(tenant, channel, sender);
  const contact = canonicalAddress(channel, request.to);
  if (!contact) throw badRequest([{ field: 'to', reason: 'is not a phone number with country code' }]);
  const wanted = {
    channel,
    sender,
    contact,
    class: request.class ?? ('transactional' as const),
    content: contentOf(request),
    ...(request.expiresAt !== undefined && { expiresAt: new Date(request.expiresAt).toISOString() }),
  };
  const command = {
    ...wanted,
    conversationId: conversationId(tenant, channel, sender, contact),
    tenant,
    account,
    messageId: messageId(tenant, key),
  };
  return { command, hash: createHash('sha256').update(JSON.stringify(wanted)).digest('hex') };
}

function contentOf({ text, template }: SendMessageRequest): MessageContent {
  if (text !== undefined) return { type: 'text', text };
  const { name, language, parameters } = template!;
  return { type: 'template', name, language, parameters: parameters ?? [] };
}
