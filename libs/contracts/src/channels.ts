/** Channels a message can travel on. Profiles say which of them they speak. */
export const CHANNELS = ['whatsapp', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

/** transactional: somebody waits for it; campaign: bulk, sent only when nothing transactional needs the budget. */
export const MESSAGE_CLASSES = ['transactional', 'campaign'] as const;
export type MessageClass = (typeof MESSAGE_CLASSES)[number];

/**
 * The canonical form of a contact's address, the one conversation IDs are made of: digits for WhatsApp, E.164 for SMS.
 * Accepts what providers and people write (`whatsapp:+1 555…`, `+1555…`, `1555…`).
 *
 * @returns undefined when no address of that channel can be read from `raw`
 */
export function canonicalAddress(channel: Channel, raw: string): string | undefined {
  const digits = raw.replace(/^[a-z]+:/i, '').replace(/[\s().-]/g, '');
  const match = /^\+?([1-9]\d{6,14})$/.exec(digits);
  if (!match) return undefined;
  return channel === 'sms' ? `+${match[1]}` : match[1];
}
