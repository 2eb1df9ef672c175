import { v5 as uuidv5 } from 'uuid';

/** Namespace of all identifiers derived by this pipeline. Changing it changes every conversation ID: never do. */
const NAMESPACE = '5f0f6d3e-6f0f-5d0e-9a55-6d1c0a4f7b21';

/** UUIDv5 of an ordered list of parts. The parts are JSON-encoded, so no separator inside a part can make two lists collide. */
function derive(kind: string, parts: readonly string[]): string {
  return uuidv5(JSON.stringify([kind, ...parts]), NAMESPACE);
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

/** Id of the `index`-th fact that follows from a cause (an event or fact id), so a replay yields the same ids. */
export function factId(causeId: string, index = 0): string {
  return derive('fact', [causeId, String(index)]);
}
