import { randomInt } from 'node:crypto';
import { canonicalAddress, conversationId, type Channel, type Parties } from '@heliograph/contracts';

export interface PartiesOptions {
  tenant?: string;
  account?: string;
  channel?: Channel;
  sender?: string;
  /** As a provider or a person writes it; random when absent. */
  contact?: string;
}

/** A number of the range that is kept free for fiction (+1 555 01…), in E.164. */
export function randomNumber(): string {
  return `+1555${String(randomInt(0, 10_000_000)).padStart(7, '0')}`;
}

/** Who talks with whom, with the conversation ID that follows from it. A new contact each time, unless one is given. */
export function parties(options: PartiesOptions = {}): Parties {
  const { tenant = 'acme', account = 'acme-genesys', channel = 'whatsapp', sender = 'support' } = options;
  const raw = options.contact ?? randomNumber();
  const contact = canonicalAddress(channel, raw);
  if (contact === undefined) throw new Error(`contact "${raw}" is not an address of ${channel}`);
  return {
    conversationId: conversationId(tenant, channel, sender, contact),
    tenant,
    account,
    channel,
    sender,
    contact,
  };
}
