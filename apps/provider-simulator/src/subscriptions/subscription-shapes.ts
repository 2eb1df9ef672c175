import { boolean, list, object, oneOf, optional, text, type Checked } from '../check/check.ts';

const url = text({ pattern: /^https?:\/\/\S+$/, like: 'https://host/path' });

/** Topics of conversation events: guide 000 §3 and edge case 3. */
export const eventTypes = [
  'message',
  'conversation',
  'routing:conversation:assignment',
  'routing:queue:update',
  'routing:skill:update',
] as const;

/** Topics of webhooks: guide 002, edge case 1; guide 001 §2. */
export const webhookEvents = ['messaging.conversation.messages', 'whatsapp_status_update'] as const;

/** Guide 000 §3. */
export const newSubscription = object({
  name: text({ max: 128 }),
  description: optional(text({ max: 512 })),
  event_types: list(oneOf(...eventTypes), { min: 1 }),
  filters: optional(
    object({
      channel: optional(oneOf('messaging')),
      /** The channel in capitals, as in the guide's WHATSAPP. */
      engagement_type: optional(text({ pattern: /^[A-Z]+$/, like: 'WHATSAPP' })),
    }),
  ),
  endpoints: list(object({ url, type: oneOf('http') }), { min: 1, max: 5 }),
});

/** Guide 001 §2. */
export const newWebhook = object({
  name: text({ max: 128 }),
  url,
  events: list(oneOf(...webhookEvents), { min: 1 }),
  enabled: boolean(),
});

export type NewSubscription = Checked<typeof newSubscription>;
export type NewWebhook = Checked<typeof newWebhook>;
