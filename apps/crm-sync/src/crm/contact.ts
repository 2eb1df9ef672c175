import type { Parties } from '@heliograph/contracts';
import { externalId } from './external-id.ts';

/** A contact as the CRM takes it. */
export interface Contact {
  readonly id: string;
  readonly fields: {
    readonly address: string;
    readonly channel: string;
    readonly tenant: string;
  };
}

/** The contact of a conversation: one per tenant, channel and address, whoever it talks to. */
export function contactOf({ tenant, channel, contact }: Parties): Contact {
  return { id: externalId(tenant, channel, contact), fields: { address: contact, channel, tenant } };
}
