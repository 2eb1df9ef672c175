import {
  boolean,
  defaulting,
  FieldError,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  text,
} from '../check/check.ts';
import type { Checked } from '../check/check.ts';

const delay = integer({ max: 3_600_000 });

const receipt = object({
  status: oneOf('sent', 'delivered', 'read', 'failed'),
  /** From the acceptance of the message. 0 lets the receipt race with the answer. */
  afterMs: delay,
  reason: optional(text()),
});

const defaultReceipts: Checked<typeof receipt>[] = [
  { status: 'sent', afterMs: 20, reason: undefined },
  { status: 'delivered', afterMs: 60, reason: undefined },
  { status: 'read', afterMs: 150, reason: undefined },
];

const shape = object({
  /** Where events go; without it they are kept as emitted and never delivered. */
  url: optional(text({ pattern: /^https?:\/\/\S+$/, like: 'http://host:port/path' })),
  /** `url`: there, whatever is registered; `subscriptions`: to the endpoints that the account has registered, and nowhere else. */
  deliverTo: defaulting(oneOf('url', 'subscriptions'), 'url'),
  secret: defaulting(text({ min: 0 }), ''),
  signature: defaulting(oneOf('hex', 'HEX', 'base64', 'sha256=hex'), 'hex'),
  receipts: defaulting(list(receipt), defaultReceipts),
  /** Receipts without `from` and `to`. */
  bareReceipts: defaulting(boolean(), false),
  /** `conversation` events with `from` (customer) and `to`. */
  conversationAddresses: defaulting(boolean(), false),
  /** How events write a template's language; lists always write en_US. */
  templateLanguage: defaulting(oneOf('en_US', 'en-US'), 'en_US'),
  /** Share of messages whose receipts come in a wrong order. */
  shuffle: defaulting(number({ min: 0, max: 1 }), 0),
  /** How many times each event is delivered, and whether at the same instant or `repeatDelayMs` apart. */
  repeat: defaulting(integer({ min: 1, max: 100 }), 1),
  simultaneous: defaulting(boolean(), false),
  repeatDelayMs: defaulting(delay, 50),
  /** An event waits until the one before it of the same conversation or template was acknowledged. */
  ordered: defaulting(boolean(), true),
  /** Added before every event. */
  delayMs: defaulting(delay, 0),
  timeoutMs: defaulting(integer({ min: 1, max: 600_000 }), 5000),
  /** A delivery that is not answered 2xx is tried again after base, 2·base, 4·base … up to max, until giveUpAfterMs. */
  retryBaseMs: defaulting(integer({ min: 1, max: 600_000 }), 100),
  retryMaxMs: defaulting(integer({ min: 1, max: 600_000 }), 5000),
  giveUpAfterMs: defaulting(integer({ max: 86_400_000 }), 600_000),
});

export type WebhookSettings = Checked<typeof shape>;

/** Throws `FieldError`, also for an address without a secret to sign with. */
export function webhookSettings(value: unknown, field: string): WebhookSettings {
  const settings = shape(value, field);
  if ((settings.url !== undefined || settings.deliverTo === 'subscriptions') && settings.secret === '') {
    throw new FieldError(field === '' ? 'secret' : `${field}.secret`, 'is required with url and with subscriptions');
  }
  return settings;
}
