import { FieldReader, instant, isObject, isText, valueAt } from '../field-reader.ts';
import type {
  ListedSubscription,
  RegistrationKind,
  Subscription,
  SubscriptionList,
  SubscriptionWish,
} from '../subscription-client.ts';
import type { Read } from './answers.ts';

/** Guide 000, section 3. The guide shows POST; GET here, and GET, PUT and DELETE below it, are assumed. */
const SUBSCRIPTIONS = '/api/v2/events/subscriptions';
/** Guide 001, section 2. As above. That topics of guide 002 are registered here, too, is assumed. */
const WEBHOOKS = '/api/v2/messaging/webhooks';

/** The guide's three of section 3, and the two that edge case 3 has routing caches follow. */
const EVENT_TYPES = [
  'message',
  'conversation',
  'routing:conversation:assignment',
  'routing:queue:update',
  'routing:skill:update',
];
const WEBHOOK_EVENTS = {
  /** Guide 002, edge case 1. */
  messages: 'messaging.conversation.messages',
  /** Guide 001, section 2. */
  'template-status': 'whatsapp_status_update',
} as const;

const isWebhook = (kind: RegistrationKind): kind is keyof typeof WEBHOOK_EVENTS => kind !== 'events';

/**
 * How a registration should be. The filter on the engagement's type isolates WhatsApp (guide 000, section 3); an account with
 * senders on other channels, too, cannot have it.
 */
export function wantedSubscription({ kind, name, endpoint, channels }: SubscriptionWish): Subscription {
  const base = { kind, name: `${name}-${kind}`, endpoint };
  if (isWebhook(kind)) return { ...base, description: '', eventTypes: [WEBHOOK_EVENTS[kind]], filters: {} };
  const onlyWhatsApp = channels.length > 0 && channels.every((channel) => channel === 'whatsapp');
  return {
    ...base,
    description: 'Events of conversations for the messaging pipeline',
    eventTypes: EVENT_TYPES,
    filters: { channel: 'messaging', ...(onlyWhatsApp && { engagement_type: 'WHATSAPP' }) },
  };
}

export function subscriptionPath(kind: RegistrationKind, id?: string): string {
  const path = isWebhook(kind) ? WEBHOOKS : SUBSCRIPTIONS;
  return id === undefined ? path : `${path}/${id}`;
}

/** Bodies of guide 000, section 3 and of guide 001, section 2. */
export function subscriptionBody({ kind, name, description, eventTypes, filters, endpoint }: Subscription): object {
  if (isWebhook(kind)) return { name, url: endpoint, events: eventTypes, enabled: true };
  return { name, description, event_types: eventTypes, filters, endpoints: [{ url: endpoint, type: 'http' }] };
}

/** `{ "entities": [] }` in one page, each with `id` and, where it is said, `created_at` (assumed like every list). */
export function readSubscriptions(json: unknown, kind: RegistrationKind): Read<SubscriptionList> {
  const entities = valueAt(json, 'entities');
  if (!Array.isArray(entities)) return { ok: false, reason: 'the answer has no list of entities' };
  const list = { subscriptions: [] as ListedSubscription[], problems: [] as FieldReader['problems'] };
  entities.forEach((entity: unknown, index) => {
    const fields = new FieldReader(entity);
    const id = fields.text('id');
    const name = fields.text('name');
    const entry = `entities[${index}]`;
    list.problems.push(...fields.problems.map(({ field, reason }) => ({ field: `${entry}.${field}`, reason })));
    // Of a kind that shares its path with another one, only what is named like it can be ours.
    if (fields.problems.length === 0) list.subscriptions.push({ ...listed(entity, kind), id, name });
  });
  return { ok: true, value: list };
}

/** What is wrong in a field counts as different, so it is read as something that nobody wants. */
function listed(entity: unknown, kind: RegistrationKind): Omit<ListedSubscription, 'id' | 'name'> {
  const createdAt = instant(valueAt(entity, 'created_at'));
  const description = valueAt(entity, 'description');
  const endpoints = isWebhook(kind) ? [{ url: valueAt(entity, 'url') }] : listOf(valueAt(entity, 'endpoints'));
  const url = valueAt(endpoints[0], 'url');
  return {
    kind,
    description: typeof description === 'string' ? description : '',
    eventTypes: listOf(valueAt(entity, isWebhook(kind) ? 'events' : 'event_types')).filter(isText),
    filters: filtersOf(valueAt(entity, 'filters')),
    endpoint: isText(url) && (isWebhook(kind) || valueAt(endpoints[0], 'type') === 'http') ? url : '',
    endpoints: endpoints.length,
    enabled: valueAt(entity, 'enabled') !== false,
    ...(createdAt !== undefined && { createdAt }),
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function filtersOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, isText(one) ? one : JSON.stringify(one)]));
}

/** The answer to a change tells nothing that the next list would not. */
export const done = (): Read<true> => ({ ok: true, value: true });
