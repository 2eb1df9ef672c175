/** Channels a message can travel on (guide 003, "Supported Messaging Channels"). Profiles say which of them they speak. */
export const CHANNELS = ['whatsapp', 'sms', 'web', 'facebook', 'instagram', 'x', 'apple', 'line', 'open'] as const;
export type Channel = (typeof CHANNELS)[number];

/** transactional: somebody waits for it; campaign: bulk, sent only when nothing transactional needs the budget. */
export const MESSAGE_CLASSES = ['transactional', 'campaign'] as const;
export type MessageClass = (typeof MESSAGE_CLASSES)[number];

/** Ids that platforms give to people: no blanks, no control characters, and well-formed Unicode. */
const OPAQUE = /^[^\s\p{C}]{1,128}$/u;

/**
 * The canonical form of a contact's address, the one conversation IDs are made of: digits for WhatsApp, E.164 for SMS, the
 * platform's opaque id, letter by letter, for every other channel. Accepts what providers and people write
 * (`whatsapp:+1 555…`, `+1555…`, `1555…`, `facebook:2711…`).
 *
 * @returns undefined when no address of that channel can be read from `raw`
 */
export function canonicalAddress(channel: Channel, raw: string): string | undefined {
  if (channel !== 'whatsapp' && channel !== 'sms') return opaqueId(channel, raw);
  const digits = raw.replace(/^[a-z]+:/i, '').replace(/[\s().-]/g, '');
  const match = /^\+?([1-9]\d{6,14})$/.exec(digits);
  if (!match) return undefined;
  return channel === 'sms' ? `+${match[1]}` : match[1];
}

/** Only the channel's own name is a prefix: a colon may be part of an id. */
function opaqueId(channel: Channel, raw: string): string | undefined {
  const prefix = `${channel}:`;
  const id = raw.startsWith(prefix) ? raw.slice(prefix.length) : raw;
  return OPAQUE.test(id) && !id.startsWith(prefix) ? id : undefined;
}
