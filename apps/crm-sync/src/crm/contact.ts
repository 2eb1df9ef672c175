import type { Parties } from '@heliograph/contracts';
import type { Subjects } from '@heliograph/consent';
import { externalId } from './external-id.ts';

/** A contact as the CRM takes it. */
export interface Contact {
  readonly id: string;
  readonly fields: {
    readonly address: string;
    readonly channel: string;
    readonly tenant: string;
    /** By which name the contact's consent is told. */
    readonly consentSubject: string;
  };
}

/** The contact of a conversation: one per tenant, channel and address, whoever it talks to. */
export function contactOf({ tenant, channel, contact: address }: Parties, subjects: Subjects): Contact {
  const consentSubject = subjects.of({ tenant, channel, address });
  return { id: externalId(tenant, channel, address), fields: { address, channel, tenant, consentSubject } };
}
