import { CHANNELS, canonicalAddress, type Channel } from '@heliograph/contracts';
import type { PartyAddress } from '../provider-fact.ts';

/** Reads `whatsapp:+15550001234` or `sms:+15550001234` (guide 000, section 4; sms is assumed alike). */
export function readAddress(raw: string): PartyAddress | undefined {
  const prefix = /^([a-z]+):/i.exec(raw)?.[1]?.toLowerCase();
  const channel = CHANNELS.find((name) => name === prefix);
  const address = channel && canonicalAddress(channel, raw);
  return channel && address ? { raw, channel, address } : undefined;
}

/** A canonical address as the guide writes it: the number in E.164, and the id with the channel in front. */
export function writeAddress(channel: Channel, canonical: string): { readonly id: string; readonly address: string } {
  const address = `+${canonical.replace(/^\+/, '')}`;
  return { id: `${channel}:${address}`, address };
}
