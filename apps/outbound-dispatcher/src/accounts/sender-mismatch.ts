import type { Sender } from '@heliograph/accounts';
import type { FieldProblem } from '@heliograph/contracts';
import type { Engagement } from '@heliograph/providers';

/** A number of a sender is none that the provider has an engagement for: Meta would refuse every message with 131050. */
export class SenderMismatch extends Error {
  override readonly name: string = 'SenderMismatch';
  constructor(readonly problems: readonly FieldProblem[]) {
    super(`senders do not fit the provider: ${problems.map(({ field, reason }) => `${field} ${reason}`).join('; ')}`);
  }
}

/** So many of the provider's numbers are named. */
const MOST_NAMED = 5;

/**
 * The senders' numbers that are no engagement's (guide 000, section 1: the trap). Channels of which the provider tells no
 * engagement are left out, except WhatsApp: without an engagement nothing can be sent there.
 */
export function mismatches(
  account: string,
  senders: readonly Sender[],
  engagements: readonly Engagement[],
): FieldProblem[] {
  return senders.flatMap(({ name, channel, addresses }) => {
    const ofChannel = engagements.filter((engagement) => engagement.channel === channel);
    if (ofChannel.length === 0 && channel !== 'whatsapp') return [];
    const known = new Set(ofChannel.flatMap((engagement) => engagement.addresses));
    return addresses.flatMap((address, index) => {
      if (known.has(address)) return [];
      const reason = `the number ending in ${ending(address)} is none of an engagement's: ${described(ofChannel)}`;
      return [{ field: `account ${account}, sender ${name}, addresses[${index}]:`, reason }];
    });
  });
}

function described(engagements: readonly Engagement[]): string {
  const numbers = engagements.flatMap(({ id, addresses }) =>
    addresses.map((address) => `${id} has the one ending in ${ending(address)}`),
  );
  const named = numbers.slice(0, MOST_NAMED).join(', ');
  const more = numbers.length > MOST_NAMED ? ` and ${numbers.length - MOST_NAMED} more` : '';
  return numbers.length === 0 ? 'there is none on this channel' : named + more;
}

/** Enough to recognise a number of one's own by, and not the number. */
const ending = (address: string): string => address.slice(-4);
