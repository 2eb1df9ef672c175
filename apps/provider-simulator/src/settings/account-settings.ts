import { boolean, defaulting, integer, list, object, oneOf, optional, text, type Checked } from '../check/check.ts';
import { templateComponents } from '../templates/template-shapes.ts';
import { channel, phoneNumber } from './addresses.ts';
import { accountLimits } from './limit-settings.ts';
import { webhookSettings } from './webhook-settings.ts';

/** Every scope that an endpoint asks for (guides 000 and 001). */
export const allScopes = [
  'view:conversation',
  'edit:conversation',
  'messaging:provider:read',
  'messaging:template:read',
  'messaging:template:write',
] as const;

const client = object({ id: text(), secret: text() });

export const templateStatus = oneOf('PENDING', 'IN_REVIEW', 'APPROVED', 'REJECTED');

const sender = object({
  channel,
  address: phoneNumber,
  /** When given, `routing_data.queue_id` must be a known queue of the account. */
  queueId: optional(text()),
});

const provider = object({ id: text(), type: text(), name: text() });

const seededTemplate = object({
  id: optional(text()),
  name: text(),
  language: text(),
  category: defaulting(oneOf('UTILITY', 'MARKETING', 'AUTHENTICATION'), 'UTILITY'),
  status: defaulting(templateStatus, 'APPROVED'),
  rejection_reason: optional(text()),
  components: templateComponents,
});

export const accountSettings = object({
  id: text({ pattern: /^[\w.-]+$/, like: 'letters, digits, _ . -' }),
  client,
  /** Another OAuth client of the account, with tokens and limits of its own (guide 000 §2). */
  secondaryClient: optional(client),
  scopes: defaulting(list(text()), [...allScopes]),
  /** Guide 000 §2. */
  tokenLifetimeS: defaulting(integer({ min: 1, max: 172_800 }), 3600),
  limits: defaulting(accountLimits, accountLimits({}, 'limits')),
  /** Between the effect and the answer of each request. */
  latencyMs: defaulting(integer({ max: 600_000 }), 0),
  /** Customer service window, from the customer's last message (guide 000 §4). */
  windowMs: defaulting(integer({ min: 1 }), 24 * 3_600_000),
  /** Off: free text is accepted at any time, as the guide says of the API layer. */
  enforceWindow: defaulting(boolean(), true),
  senders: list(sender, { min: 1 }),
  webhook: defaulting(webhookSettings, webhookSettings({}, '')),
  providers: defaulting(list(provider), [{ id: 'provider-whatsapp', type: 'WHATSAPP', name: 'WhatsApp' }]),
  templates: defaulting(list(seededTemplate), []),
});

export type AccountSettings = Checked<typeof accountSettings>;
export type SenderSettings = Checked<typeof sender>;
export type SeededTemplate = Checked<typeof seededTemplate>;
