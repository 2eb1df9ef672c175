import { boolean, either, integer, map, number, object, oneOf, optional, text, type Checked } from '../check/check.ts';

const moment = text({
  pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
  like: '2026-03-04T09:15:30.250Z',
});
const scalar = either(oneOf(null), either(boolean(), either(number(), text({ min: 0, max: 10_000 }))));

export const contactShape = object({
  address: text(),
  channel: optional(text()),
  tenant: optional(text()),
  name: optional(text()),
  doNotContact: optional(boolean()),
  /** By which name the contact's consent is told. */
  consentSubject: optional(text()),
  attributes: optional(map(scalar)),
});

export const activityShape = object({
  /** External id of a contact that exists. */
  contactId: text(),
  kind: text(),
  at: moment,
  sequence: integer(),
  conversationId: optional(text()),
  tenant: optional(text()),
  channel: optional(text()),
  direction: optional(oneOf('inbound', 'outbound')),
  subject: optional(text()),
  text: optional(text({ min: 0, max: 10_000 })),
  details: optional(map(scalar)),
});

export type Contact = Checked<typeof contactShape>;
export type Activity = Checked<typeof activityShape>;
