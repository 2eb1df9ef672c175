import { canonicalAddress, CHANNELS, type Channel } from '@heliograph/contracts';
import type { Engagement, EngagementPage } from '../engagement-client.ts';
import { isText, valueAt } from '../field-reader.ts';
import type { Read } from './answers.ts';

/** Guide 001, section 1. */
const PROVIDERS = '/api/v2/messaging/providers';
/** Assumed: guide 000, section 1 tells of engagements and their phone numbers, but shows no resource for them. */
const ENGAGEMENTS = '/api/v2/messaging/engagements';

/** Providers first; engagements where those carry no numbers. */
export const engagementPath = (cursor: string | undefined): string => (cursor === undefined ? PROVIDERS : ENGAGEMENTS);

/**
 * THE ASSUMED SCHEMA, the same for both lists: `{ "entities": [{ "id", "type", "phone_numbers": ["+15550009876"] }] }`. `type` is
 * the channel in capitals, as in `WHATSAPP` (guides 000 and 001). Entities of another type or without numbers say nothing.
 */
export function readEngagements(json: unknown, cursor: string | undefined): Read<EngagementPage> {
  const entities = valueAt(json, 'entities');
  if (!Array.isArray(entities)) return { ok: false, reason: 'the answer has no list of entities' };
  const engagements = entities.flatMap((entity: unknown) => readEngagement(entity) ?? []);
  const next = cursor === undefined && engagements.length === 0 ? 'engagements' : undefined;
  return { ok: true, value: { engagements, ...(next !== undefined && { next }) } };
}

function readEngagement(entity: unknown): Engagement | undefined {
  const id = valueAt(entity, 'id');
  const channel = channelOf(valueAt(entity, 'type'));
  const numbers = valueAt(entity, 'phone_numbers');
  if (!isText(id) || channel === undefined || !Array.isArray(numbers)) return undefined;
  const addresses = numbers.flatMap((number: unknown) => {
    return (isText(number) ? canonicalAddress(channel, number) : undefined) ?? [];
  });
  return { id, channel, addresses };
}

const channelOf = (type: unknown): Channel | undefined => CHANNELS.find((name) => name.toUpperCase() === type);
