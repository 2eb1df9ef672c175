import { createHash } from 'node:crypto';
import { instant, isText, valueAt } from '../field-reader.ts';
import { readWebhookBody, type RawEvent } from '../webhook-body.ts';
import type { SplitWebhook, WebhookEvent, WebhookProfile } from '../webhook-profile.ts';
import { readAddress } from './addresses.ts';
import { isSigned } from './signature.ts';
import { templateLane } from './template-events.ts';

/** Longer keys are hashed: a key is copied into every record and log line about it. */
const MAX_KEY = 256;

export const webhook: WebhookProfile = { verify: isSigned, split };

function split(rawBody: Buffer): SplitWebhook {
  const body = readWebhookBody(rawBody);
  if (!body.ok) return body;
  return { ok: true, events: body.events.map((event) => webhookEvent(event, body.batch ? event.bytes : rawBody)) };
}

function webhookEvent(event: RawEvent, data: Buffer): WebhookEvent {
  const id = valueAt(event.value, 'id');
  const time = instant(valueAt(event.value, 'timestamp'));
  return { ...(isText(id) && { id }), partitionKey: partitionKey(event), ...(time && { time }), data };
}

function partitionKey({ bytes, value }: RawEvent): string {
  const template = templateLane(value);
  if (template !== undefined) return bounded(template);
  const conversation = valueAt(value, 'conversation.id');
  if (isText(conversation)) return bounded(conversation);
  const [from, to] = [valueAt(value, 'from.id'), valueAt(value, 'to.id')];
  // Sorted: a customer's message and our message's receipt carry the same two addresses the other way round.
  if (isText(from) && isText(to)) return bounded([canonical(from), canonical(to)].sort().join('|'));
  const id = valueAt(value, 'id');
  return isText(id) ? bounded(id) : sha256(bytes);
}

function canonical(raw: string): string {
  const read = readAddress(raw);
  return read ? `${read.channel}:${read.address}` : raw;
}

const bounded = (key: string): string => (key.length > MAX_KEY ? sha256(key) : key);

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
