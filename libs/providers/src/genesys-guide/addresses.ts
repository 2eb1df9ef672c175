import { CHANNELS, canonicalAddress, type Channel } from '@heliograph/contracts';
import type { PartyAddress } from '../provider-fact.ts';

/** Channels whose addresses are telephone numbers; on all others they are ids that the platform gives. */
const BY_NUMBER: readonly Channel[] = ['whatsapp', 'sms'];

/**
 * Reads an address as the guide writes it, with its channel in front: `whatsapp:+15550001234` (guide 000, section 4). For the
 * other channels of guide 003 the same is assumed: `sms:+1555…`, and the platform's own id, letter by letter:
 * `facebook:2711…`, `apple:urn:mbid:…`.
 */
export function readAddress(raw: string): PartyAddress | undefined {
  const colon = raw.indexOf(':');
  const prefix = raw.slice(0, Math.max(0, colon)).toLowerCase();
  const channel = CHANNELS.find((name) => name === prefix);
  const address = channel && canonicalAddress(channel, `${channel}:${raw.slice(colon + 1)}`);
  return channel && address ? { raw, channel, address } : undefined;
}

/** A canonical address as the guide writes it: a number in E.164 or the id as it is, and the id with the channel in front. */
export function writeAddress(channel: Channel, canonical: string): { readonly id: string; readonly address: string } {
  const address = BY_NUMBER.includes(channel) ? `+${canonical.replace(/^\+/, '')}` : canonical;
  return { id: `${channel}:${address}`, address };
}

/** Every form of an address that must not come back in a reason: as it is, and the digits of a number. */
export function formsOf(channel: Channel | undefined, address: string): string[] {
  const isNumber = channel === undefined || BY_NUMBER.includes(channel);
  return isNumber ? [address, address.replace(/\D/g, '')] : [address];
}
