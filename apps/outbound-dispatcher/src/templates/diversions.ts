import { canonicalAddress, conversationId, divertedId, type Channel, type SendMessage } from '@heliograph/contracts';
import type { AccountOf } from '@heliograph/templates';

export interface OtherChannel {
  readonly channel: Channel;
  /** Name of the sender there. */
  readonly sender: string;
  readonly account: string;
}

/** Why a message cannot go on by another channel. */
export interface Impossible {
  readonly code: 'no-address';
  readonly reason: string;
}

/** Commands by which messages go on where their template's fallback goes (guide 001, edge case 2: "alternative channel"). */
export class Diversions {
  /** @param accountOf of a sender of the accounts file */
  constructor(readonly accountOf: AccountOf) {}

  /** The whole command; the same command is diverted to the same one. What it says of queues is about the channel it was for. */
  command(
    { tenant, contact, messageId, class: kind, acceptedAt, expiresAt, content, ...about }: SendMessage,
    { channel, sender, account }: OtherChannel,
    template: string,
    variables: Record<string, unknown>,
  ): SendMessage | Impossible {
    const address = canonicalAddress(channel, contact);
    if (address === undefined) {
      return {
        code: 'no-address',
        reason: `its fallback "${template}" goes by ${channel}, where the contact has no address`,
      };
    }
    return {
      conversationId: conversationId(tenant, channel, sender, address),
      ...{ tenant, account, channel, sender, contact: address },
      messageId: divertedId(messageId),
      class: kind,
      content: { type: 'template', name: template, language: content.language!, variables },
      acceptedAt,
      ...(expiresAt !== undefined && { expiresAt }),
      divertedFrom: messageId,
      ...ofContact(about),
    };
  }
}

/** What is true of the contact and of the campaign, whichever channel it goes by. */
function ofContact({ campaign, externalId, timeZone }: Pick<SendMessage, 'campaign' | 'externalId' | 'timeZone'>) {
  return { ...(campaign && { campaign }), ...(externalId && { externalId }), ...(timeZone && { timeZone }) };
}
