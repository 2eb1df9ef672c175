/** `all`: whatever we send; `marketing`: campaigns. An opt-out of `all` goes over an opt-in of `marketing`. */
export const CONSENT_PURPOSES = ['all', 'marketing'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/** `erase`: the contact's data are to go; what was said of consent stays, under a keyed hash. */
export const CONSENT_CHANGES = ['opt-out', 'opt-in', 'erase'] as const;
export type ConsentChangeKind = (typeof CONSENT_CHANGES)[number];

/**
 * What told of it: a word the contact wrote, an event of the provider, a refusal or receipt whose code means opted out, a
 * preference set at the platform, the CRM, a program or person over the API, a campaign.
 */
export const CONSENT_SOURCES = [
  'keyword',
  'provider-event',
  'provider-error',
  'preference',
  'crm',
  'api',
  'campaign',
] as const;
export type ConsentSource = (typeof CONSENT_SOURCES)[number];

/** `unknown`: nobody has ever said anything. */
export const CONSENT_STATES = ['in', 'out', 'unknown'] as const;
export type ConsentStateWord = (typeof CONSENT_STATES)[number];

/** What is answered to a keyword, also to somebody who is opted out. */
export const CONSENT_REPLIES = ['opt-out', 'opt-in', 'help'] as const;
export type ConsentReply = (typeof CONSENT_REPLIES)[number];

/** Record key of everything about one contact's consent: JSON list of tenant and subject. */
export const consentKey = (of: { readonly tenant: string; readonly subject: string }): string =>
  JSON.stringify([of.tenant, of.subject]);
