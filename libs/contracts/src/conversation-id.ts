import { hash } from 'node:crypto';

/** Namespace of all identifiers derived by this pipeline. Changing it changes every conversation ID: never do. */
const NAMESPACE = Buffer.from('5f0f6d3e6f0f5d0e9a556d1c0a4f7b21', 'hex');
/** First digit of the fourth group by the digit that the hash has there: the two highest bits become 10 (RFC 9562, 4.1). */
const VARIANT = '89ab89ab89ab89ab';

/** UUIDv5 of an ordered list of parts. The parts are JSON-encoded, so no separator inside a part can make two lists collide. */
function derive(kind: string, parts: readonly string[]): string {
  const name = JSON.stringify([kind, ...parts]);
  const bytes = Buffer.allocUnsafe(NAMESPACE.length + Buffer.byteLength(name));
  NAMESPACE.copy(bytes);
  bytes.write(name, NAMESPACE.length);
  const digits = hash('sha1', bytes, 'hex');
  const variant = VARIANT[Number.parseInt(digits[16]!, 16)]!;
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

/**
 * The lasting thread between one sender and one contact on one channel of one tenant (design, section 1).
 * Known before any provider has answered; the key of every topic after the router.
 *
 * @param sender logical name of the sender, not one of its numbers
 * @param contact canonical address: digits for WhatsApp, E.164 for SMS
 */
export function conversationId(tenant: string, channel: string, sender: string, contact: string): string {
  return derive('conversation', [tenant, channel, sender, contact]);
}

/** Id of a message accepted through the API: the same idempotency key of a tenant always gives the same message. */
export function messageId(tenant: string, idempotencyKey: string): string {
  return derive('message', [tenant, idempotencyKey]);
}

/** Id of the `index`-th of several messages that one request became; the first, index 1, has the id the request was given. */
export function messagePartId(firstMessageId: string, index: number): string {
  return index === 1 ? firstMessageId : derive('part', [firstMessageId, String(index)]);
}

/** Id of the message that is sent on another channel in place of one whose template may not be sent. */
export function divertedId(ofMessageId: string): string {
  return derive('diverted', [ofMessageId]);
}

/** Id of a campaign's message to a contact: who is a recipient twice gets one message. */
export function campaignMessageId(tenant: string, campaignId: string, channel: string, contact: string): string {
  return derive('campaign-message', [tenant, campaignId, channel, contact]);
}

/**
 * Ids in the place of a conversation's for records that stand for a partition: the `index`-th of them for a campaign. Whoever needs
 * one of a certain partition takes the first that leads there.
 */
export function partitionMarkId(campaignId: string, index: number): string {
  return derive('partition-mark', [campaignId, String(index)]);
}

/** Id of a command about a conversation accepted through the API: the same idempotency key always gives the same command. */
export function commandId(tenant: string, idempotencyKey: string): string {
  return derive('command', [tenant, idempotencyKey]);
}

/** Id of the `index`-th fact that follows from a cause (an event or fact id), so a replay yields the same ids. */
export function factId(causeId: string, index = 0): string {
  return derive('fact', [causeId, String(index)]);
}
