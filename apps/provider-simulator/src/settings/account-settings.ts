import { boolean, defaulting, either, integer, list, object, oneOf, optional, text } from '../check/check.ts';
import type { Check, Checked } from '../check/check.ts';
import { seededMessagingTemplate } from '../templates/messaging-templates.ts';
import { templateComponents } from '../templates/template-shapes.ts';
import { address, assertAddressOf, channel } from './addresses.ts';
import { accountLimits } from './limit-settings.ts';
import { reviewSettings } from './review-settings.ts';
import { webhookSettings } from './webhook-settings.ts';

/** Every scope that an endpoint asks for (guides 000, 001, 002 and 004). */
export const allScopes = [
  'view:conversation',
  'edit:conversation',
  'view:engagement',
  'view:events',
  'view:routing',
  'view:user',
  'messaging:provider:read',
  'messaging:provider:write',
  'messaging:template:read',
  'messaging:template:write',
  'messaging:conversation:write',
  'messaging:templates:read',
  'messaging:templates:write',
  'messaging:conversations:write',
  'messages:send',
  'conversations:read',
] as const;

const client = object({ id: text(), secret: text() });

/** Guide 001 §2; Meta pauses and disables, too. */
export const templateStatus = oneOf('PENDING', 'IN_REVIEW', 'APPROVED', 'REJECTED', 'PAUSED', 'DISABLED');
export const templateCategory = oneOf('UTILITY', 'MARKETING', 'AUTHENTICATION');
export const templateQuality = oneOf('GREEN', 'YELLOW', 'RED', 'UNKNOWN');

const senderShape = object({
  channel,
  address,
  /** When given, `routing_data.queue_id` must be a known queue of the account. */
  queueId: optional(text()),
});
const sender: Check<Checked<typeof senderShape>> = (value, field) => {
  const given = senderShape(value, field);
  assertAddressOf(given.channel, given.address, `${field}.address`);
  return given;
};

const phoneNumbers = list(text());

/** Whether the list of providers tells phone numbers no guide shows. */
const provider = object({ id: text(), type: text(), name: text(), phone_numbers: optional(phoneNumbers) });

/** Guide 000 §1. */
export const engagement = object({ id: text(), provider: text(), type: text(), phone_numbers: phoneNumbers });

const seededTemplate = object({
  id: optional(text()),
  name: text(),
  language: text(),
  category: defaulting(templateCategory, 'UTILITY'),
  status: defaulting(templateStatus, 'APPROVED'),
  rejection_reason: optional(text()),
  quality: optional(templateQuality),
  components: templateComponents,
});

export const accountSettings = object({
  id: text({ pattern: /^[\w.-]+$/, like: 'letters, digits, _ . -' }),
  client,
  /** Another OAuth client of the account, with tokens and limits of its own (guide 000 §2). */
  secondaryClient: optional(client),
  scopes: defaulting(list(text()), [...allScopes]),
  /** When absent as each token endpoint's guide says: 3,600 s (000 §2, 004), 1,799 s (002 §1). */
  tokenLifetimeS: optional(integer({ min: 1, max: 172_800 })),
  limits: defaulting(accountLimits, accountLimits({}, 'limits')),
  /** Between the effect and the answer of each request. */
  latencyMs: defaulting(integer({ max: 600_000 }), 0),
  /** Customer service window, from the customer's last message (guide 000 §4). */
  windowMs: defaulting(integer({ min: 1 }), 24 * 3_600_000),
  /** Off: free text is accepted at any time, as the guide says of the API layer. */
  enforceWindow: defaulting(boolean(), true),
  senders: list(sender, { min: 1 }),
  /** Further queues beside those of the senders. */
  queues: defaulting(list(text()), []),
  /** When given, there are no others. */
  skills: defaulting(list(text()), []),
  /** When given, there are no others. */
  users: defaulting(list(text()), []),
  webhook: defaulting(webhookSettings, webhookSettings({}, '')),
  providers: defaulting(list(provider), [
    { id: 'provider-whatsapp', type: 'WHATSAPP', name: 'WhatsApp', phone_numbers: undefined },
  ]),
  /** What the senders' numbers are compared with; made from the senders when absent. */
  engagements: optional(list(engagement)),
  templates: defaulting(list(seededTemplate, { max: 10_000 }), []),
  /** Guide 002 §2. */
  messagingTemplates: defaulting(list(seededMessagingTemplate, { max: 10_000 }), []),
  /** What becomes of WhatsApp templates that are submitted; null: what the control API says. */
  review: defaulting(either(oneOf(null), reviewSettings), null),
  /** On: a template that is not approved is accepted by `messaging/conversations` and never delivered (guide 001 §2, the trap). */
  dropUnapproved: defaulting(boolean(), false),
});

export type AccountSettings = Checked<typeof accountSettings>;
export type SenderSettings = Checked<typeof sender>;
export type SeededTemplate = Checked<typeof seededTemplate>;
