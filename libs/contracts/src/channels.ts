/** Channels a message can travel on (guide 003, "Supported Messaging Channels", and the e-mail of guide 002). Profiles say which of them they speak. */
export const CHANNELS = [
  'whatsapp',
  'sms',
  'email',
  'web',
  'facebook',
  'instagram',
  'x',
  'apple',
  'line',
  'open',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** transactional: somebody waits for it; campaign: bulk, sent only when nothing transactional needs the budget. */
export const MESSAGE_CLASSES = ['transactional', 'campaign'] as const;
export type MessageClass = (typeof MESSAGE_CLASSES)[number];

/** Ids that platforms give to people: no blanks, no control characters, and well-formed Unicode. */
const OPAQUE = /^[^\s\p{C}]{1,128}$/u;

/**
 * The canonical form of a contact's address, the one conversation IDs are made of: digits for WhatsApp, E.164 for SMS, lower
 * case for e-mail (nobody keeps two people apart by the case of their addresses), the platform's opaque id, letter by letter, for every other channel. Accepts what providers and people write
 * (`whatsapp:+1 555…`, `+1555…`, `1555…`, `facebook:2711…`).
 *
 * @returns undefined when no address of that channel can be read from `raw`
 */
export function canonicalAddress(channel: Channel, raw: string): string | undefined {
  if (channel === 'email') return mailAddress(raw);
  if (channel !== 'whatsapp' && channel !== 'sms') return opaqueId(channel, raw);
  const digits = raw.replace(/^[a-z]+:/i, '').replace(/[\s().-]/g, '');
  const match = /^\+?([1-9]\d{6,14})$/.exec(digits);
  if (!match) return undefined;
  return channel === 'sms' ? `+${match[1]}` : match[1];
}

/** One address, without a name around it (RFC 5321, 4.5.3.1: 64 octets before the @, 254 in all). */
const MAIL_ADDRESS = /^(?=.{3,254}$)[^\s\p{C}@<>(),;:\\"[\]]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;

function mailAddress(raw: string): string | undefined {
  const address = raw
    .trim()
    .replace(/^(?:mailto|email):/i, '')
    .toLowerCase();
  return MAIL_ADDRESS.test(address) && !address.includes('..') ? address : undefined;
}

/** Only the channel's own name is a prefix: a colon may be part of an id. */
function opaqueId(channel: Channel, raw: string): string | undefined {
  const prefix = `${channel}:`;
  const id = raw.startsWith(prefix) ? raw.slice(prefix.length) : raw;
  return OPAQUE.test(id) && !id.startsWith(prefix) ? id : undefined;
}
