import type { SendMessage } from '@heliograph/contracts';
import { forbids, sayForbidden, type ConsentReader, type KnownConsent, type Subjects } from '@heliograph/consent';
import type { Delivery } from '@heliograph/kafka';
import { memoOf } from '../sending/turn.ts';
import type { ConsentVerdict, Suppression } from './suppression.ts';

/** Between two looks of a message that waits. */
export const LOOK_AGAIN_MS = 250;

const NOT_KNOWN: ConsentVerdict = { kind: 'wait', reason: 'waits until it is known who has opted out' };
const BEHIND: ConsentVerdict = { kind: 'wait', reason: 'waits until what customers write is folded again' };

/**
 * Whether a contact may be written to (promise 6): every message of every channel, but for the answer to a keyword. A campaign
 * message waits as well while what customers write is not folded in time: a STOP may be among it.
 */
export class ConsentGate {
  /** @param isCurrent whether all that the contact of a message can have said up to a second ago is known */
  constructor(
    private readonly reader: Pick<ConsentReader, 'known'>,
    private readonly subjects: Subjects,
    private readonly isCurrent: (message: SendMessage) => boolean = () => true,
  ) {}

  /** Before anything is asked for, once per delivery, and again after every answer to wait. @throws Unavailable */
  async first(command: SendMessage, delivery: Delivery): Promise<ConsentVerdict | undefined> {
    return memoOf(delivery).consentSeen ? undefined : this.now(command, delivery);
  }

  /** At this moment; undefined when nothing forbids it. @throws Unavailable */
  async now(command: SendMessage, delivery: Delivery): Promise<ConsentVerdict | undefined> {
    const verdict = await this.judged(command, delivery);
    memoOf(delivery).consentSeen = verdict?.kind !== 'wait';
    return verdict;
  }

  private async judged(command: SendMessage, delivery: Delivery): Promise<ConsentVerdict | undefined> {
    if (command.consentReply !== undefined) return undefined;
    const { tenant, channel, contact } = command;
    // Before consent is asked for: a mark that is read beside it may know of more than the answer.
    const isBehind = command.class === 'campaign' && !this.isCurrent(command);
    const subject = this.subjects.of({ tenant, channel, address: contact });
    const known = await this.reader.known({ tenant, subject });
    if (!known) return NOT_KNOWN;
    memoOf(delivery).optedIn = isOptedIn(known, command);
    const forbidden = forbids(known.purposes, known.stop, command.class);
    if (forbidden) {
      const { purpose, since, source, eventId: consentEventId } = forbidden;
      const suppressed: Suppression = { subject, purpose, since, source, consentEventId };
      return { kind: 'suppressed', refusal: { code: 'opted-out', reason: sayForbidden(forbidden), suppressed } };
    }
    return isBehind ? BEHIND : undefined;
  }
}

/** The contact has said yes, on record, to what the message is. */
function isOptedIn({ purposes }: KnownConsent, { class: kind }: SendMessage): boolean {
  return purposes.all.state === 'in' || (kind === 'campaign' && purposes.marketing.state === 'in');
}
