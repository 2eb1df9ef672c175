import { conversationId, type Channel, type SendMessage } from '@heliograph/contracts';

interface Sender {
  readonly tenant: string;
  readonly name: string;
  readonly channel: Channel;
}

type Written = Pick<SendMessage, 'tenant' | 'channel' | 'contact' | 'conversationId'>;

const isPhone = (channel: Channel): boolean => channel === 'whatsapp' || channel === 'sms';

/**
 * In which partitions of the conversations a contact can say no: those of its conversations with every sender of the tenant. A STOP by
 * SMS stops WhatsApp, too (`Subjects` of @heliograph/consent), and it is said in another conversation.
 */
export class StopPlaces {
  private readonly known = new WeakMap<Written, ReadonlySet<number>>();

  /** @param partitionOf the partition of a conversation */
  constructor(
    private readonly senders: readonly Sender[],
    private readonly partitionOf: (conversationId: string) => number,
  ) {}

  of(message: Written): ReadonlySet<number> {
    const known = this.known.get(message) ?? new Set(this.conversationsOf(message).map((id) => this.partitionOf(id)));
    this.known.set(message, known);
    return known;
  }

  private conversationsOf(message: Written): string[] {
    const { tenant, contact } = message;
    const ids = [message.conversationId];
    for (const { tenant: its, name, channel } of this.senders) {
      const isOne = channel === message.channel || (isPhone(channel) && isPhone(message.channel));
      if (its !== tenant || !isOne) continue;
      const digits = contact.replace(/^\+/, '');
      const address = isPhone(channel) ? (channel === 'sms' ? `+${digits}` : digits) : contact;
      ids.push(conversationId(tenant, channel, name, address));
    }
    return ids;
  }
}
