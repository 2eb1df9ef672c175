import type { ConsentChanged } from '@heliograph/contracts';
import type { Write } from '../crm/crm-client.ts';

/** What the CRM is told of a contact's consent: made of the event alone, so written twice it is the same. */
export function doNotContactOf(
  { tenant, subject, after, at, source, sequence }: ConsentChanged,
  eventId: string,
): Write {
  const doNotContact = after.all.state === 'out';
  const noMarketing = doNotContact || after.marketing.state === 'out';
  const fields = { tenant, doNotContact, noMarketing, at, source, eventId, sequence };
  return { kind: 'do-not-contact', id: subject, fields, hidden: [] };
}
