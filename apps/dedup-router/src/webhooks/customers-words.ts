import { decodeEvent, TOPICS } from '@heliograph/contracts';
import type { SourceRecord } from '@heliograph/kafka';
import { profileOf } from '@heliograph/providers';

/**
 * Whether a record that waits for its conversation may carry what its customer says: a STOP counts from the moment it was
 * acknowledged, also one whose conversation is not known. Receipts and states of conversations carry none.
 */
export class CustomersWords {
  /** The same records are asked about again and again while they wait. */
  private readonly known = new WeakMap<SourceRecord, boolean>();

  /** @param record undefined when it is parked: nothing is known of it then */
  mayBeIn(record: SourceRecord | undefined): boolean {
    if (!record) return true;
    const known = this.known.get(record) ?? mayBeIn(record);
    this.known.set(record, known);
    return known;
  }
}

function mayBeIn(record: SourceRecord): boolean {
  const decoded = decodeEvent(TOPICS.webhookReceived.name, record);
  // What cannot be read becomes a dead letter.
  if (!decoded.ok) return false;
  const { extensions, data } = decoded.event;
  const translation = profileOf(extensions.profile ?? '')?.translator.translate(data);
  if (!translation?.ok) return false;
  return translation.facts.some((fact) => fact.kind === 'message' || fact.kind === 'consent');
}
