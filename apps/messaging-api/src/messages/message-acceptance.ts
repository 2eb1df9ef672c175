import { createHash } from 'node:crypto';
import {
  canonicalAddress,
  conversationId,
  messageId,
  messagePartId,
  type Channel,
  type SendMessage,
} from '@heliograph/contracts';
import { badRequest } from '@heliograph/http-api';
import type { AcceptedContents } from '../contents/content-acceptance.ts';
import type { SendMessageRequest } from './send-message.request.ts';
import type { Senders } from './senders.ts';

/** A request that can be accepted: the commands it becomes, in order, and the hash by which its repetitions are recognised. */
export interface Acceptable {
  /** At least one. */
  readonly commands: readonly Command[];
  readonly hash: string;
}
export type Command = Omit<SendMessage, 'acceptedAt'>;

/**
 * Turns a validated request into the commands it asks for. The same request of a tenant with the same key always gives the
 * same message ids, conversation and hash.
 *
 * @throws ApiError 400 for an unknown sender or a recipient that is no address of the channel
 */
export function acceptable(
  request: SendMessageRequest,
  tenant: string,
  key: string,
  senders: Senders,
  { asked, contents, windowTemplate }: AcceptedContents,
): Acceptable {
  const { channel, sender } = request;
  const account = senders.accountOf(tenant, channel, sender);
  const contact = canonicalAddress(channel, request.to);
  if (!contact) throw badRequest([{ field: 'to', reason: notAnAddress(channel) }]);
  const wanted = { channel, sender, contact, class: request.class ?? ('transactional' as const) };
  const policies = policiesOf(request);
  const common = {
    ...wanted,
    ...policies,
    ...(windowTemplate && { windowTemplate }),
    conversationId: conversationId(tenant, channel, sender, contact),
    tenant,
    account,
  };
  const first = messageId(tenant, key);
  const commands = contents.map((content, index) => ({
    ...common,
    content,
    messageId: messagePartId(first, index + 1),
    ...(contents.length > 1 && { part: { of: first, index: index + 1, count: contents.length } }),
  }));
  const template = request.windowTemplate && { windowTemplate: request.windowTemplate };
  return { commands, hash: hashOf({ ...wanted, ...contentOf(request, asked), ...policies, ...template }) };
}

function policiesOf(request: SendMessageRequest) {
  const { expiresAt, routing, ifWindowClosed, ifUnsupported, externalId, timeZone } = request;
  return {
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
    ...(routing && { routing }),
    ...(ifWindowClosed && { ifWindowClosed }),
    ...(ifUnsupported && { ifUnsupported }),
    ...(externalId !== undefined && { externalId }),
    ...(timeZone !== undefined && { timeZone }),
  };
}

/** As it was asked for: a canned response by its name, so that a change of its text makes no other request of it. */
function contentOf({ canned }: SendMessageRequest, asked: AcceptedContents['asked']): object {
  if (canned) return { canned };
  return asked.length === 1 ? { content: asked[0] } : { contents: asked };
}

const hashOf = (wanted: object): string => createHash('sha256').update(JSON.stringify(wanted)).digest('hex');

const notAnAddress = (channel: Channel): string =>
  channel === 'whatsapp' || channel === 'sms'
    ? 'is not a phone number with country code'
    : `is not an id of ${channel}: up to 128 characters without blanks`;
