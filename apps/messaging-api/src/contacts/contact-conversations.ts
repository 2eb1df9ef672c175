import { canonicalAddress, conversationId, ERASED, type Channel, type Parties } from '@heliograph/contracts';
import type { AddressedContact } from '../consent/consent.service.ts';
import type { Senders } from '../messages/senders.ts';

/** One person by number, as with their consent. */
const BY_NUMBER: readonly Channel[] = ['whatsapp', 'sms'];

/**
 * Every conversation that a contact can have: one with each sender of the tenant on the channel, of a number on WhatsApp and SMS.
 * Their ids follow from who talks with whom, so none of them has to be known.
 *
 * @returns parties without the address
 */
export function conversationsOf(contact: AddressedContact, senders: Senders): Parties[] {
  const { tenant, channel, address } = contact;
  const channels = BY_NUMBER.includes(channel) ? BY_NUMBER : [channel];
  return channels.flatMap((on) => {
    const known = canonicalAddress(on, address);
    if (known === undefined) return [];
    return senders.onChannel(tenant, on).map(({ account, sender }) => {
      const id = conversationId(tenant, on, sender, known);
      return { conversationId: id, tenant, account, channel: on, sender, contact: ERASED };
    });
  });
}
