import { FieldError, oneOf, text, type Check } from '../check/check.ts';

/** Guide 003, "Supported Messaging Channels", and e-mail (guide 002). */
const CHANNELS = ['whatsapp', 'sms', 'web', 'facebook', 'instagram', 'x', 'apple', 'line', 'open', 'email'] as const;
export type Channel = (typeof CHANNELS)[number];

/** On WhatsApp and SMS addresses are numbers in E.164, on the platforms ids that those give. */
const PATTERNS = { number: /^\+[1-9]\d{6,14}$/, mail: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, id: /^[^\s\p{C}]{1,128}$/u };
const LIKE = { number: '+15550001234', mail: 'jana@example.com', id: 'an id without blanks' };
const kindOf = (channel: Channel) =>
  channel === 'whatsapp' || channel === 'sms' ? 'number' : channel === 'email' ? 'mail' : 'id';

export const channel = oneOf(...CHANNELS);
/** A number or an id, without its channel: `assertAddressOf` says whether it is one of a channel. */
export const address = text({ max: 254 });

/** An address as the contract writes it, channel and number or id in one: `whatsapp:+15550001234`, `facebook:2711…`. */
export const channelAddress: Check<string> = (value, field) => {
  const given = text({ max: 264 })(value, field);
  const { channel: of, address: rest } = parted(given) ?? {};
  if (of === undefined || rest === undefined) {
    throw new FieldError(field, 'must look like whatsapp:+15550001234 or facebook:2711480958944521');
  }
  assertAddressOf(of, rest, field);
  return given;
};

/** Channel and address of what has a channel in front; undefined when it has none. Only the first colon parts them. */
export function parted(given: string): { channel: Channel; address: string } | undefined {
  const colon = given.indexOf(':');
  const found = CHANNELS.find((name) => name === given.slice(0, Math.max(0, colon)));
  return found && { channel: found, address: given.slice(colon + 1) };
}

export function assertAddressOf(of: Channel, given: string, field: string): void {
  const kind = kindOf(of);
  if (!PATTERNS[kind].test(given)) throw new FieldError(field, `must look like ${LIKE[kind]} on ${of}`);
}
