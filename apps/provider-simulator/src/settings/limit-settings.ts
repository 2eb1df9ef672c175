import {
  boolean,
  defaulting,
  either,
  integer,
  object,
  oneOf,
  optional,
  type Check,
  type Checked,
} from '../check/check.ts';

export const limitSettings = object({
  requests: integer({ min: 1 }),
  periodMs: integer({ min: 1, max: 86_400_000 }),
});
/** One message per `everyMs`, and up to `borrow` at once at the expense of later ones. */
const pairSettings = object({
  everyMs: integer({ min: 1, max: 86_400_000 }),
  borrow: integer({ min: 1, max: 1_000_000 }),
});

const orNone = <T>(check: Check<T>) => either(oneOf(null), check);
const perMinute = (requests: number) => ({ requests, periodMs: 60_000 });

/** The limits of an account; `null`: none. */
export const accountLimits = object({
  /** Every request of the account. Guide 000, edge case 2: the lower figure. */
  tenant: defaulting(orNone(limitSettings), perMinute(500)),
  /** Every request of one OAuth client, token requests too. */
  client: defaulting(orNone(limitSettings), null),
  /** Token requests of one OAuth client (guide 000 §2: "strict", without a figure). */
  token: defaulting(orNone(limitSettings), null),
  /** Messages from one number. Guide 000, edge case 2. */
  number: defaulting(orNone(limitSettings), { requests: 100, periodMs: 1_000 }),
  /** Messages with a template that is not MARKETING, and what guide 002 sends. Guide 003; which messages count is assumed. */
  agentless: defaulting(orNone(limitSettings), perMinute(3_000)),
  /** Messages with a template that is MARKETING. Guide 003; which messages count is assumed. */
  campaign: defaulting(orNone(limitSettings), perMinute(18_000)),
  /** WhatsApp templates that are created. Meta allows 100 an hour. */
  templates: defaulting(orNone(limitSettings), null),
  /** WhatsApp messages from one number to one customer. */
  pair: defaulting(orNone(pairSettings), { everyMs: 6_000, borrow: 45 }),
  /** Whether a 429 of the limiter names the moment. */
  retryAfter: defaulting(boolean(), true),
});

/** Some of the limits, to be changed. */
export const limitChanges = object({
  tenant: optional(orNone(limitSettings)),
  client: optional(orNone(limitSettings)),
  token: optional(orNone(limitSettings)),
  number: optional(orNone(limitSettings)),
  agentless: optional(orNone(limitSettings)),
  campaign: optional(orNone(limitSettings)),
  templates: optional(orNone(limitSettings)),
  pair: optional(orNone(pairSettings)),
  retryAfter: optional(boolean()),
});

export type LimitSettings = Checked<typeof accountLimits>;
export type PairLimit = Checked<typeof pairSettings>;
