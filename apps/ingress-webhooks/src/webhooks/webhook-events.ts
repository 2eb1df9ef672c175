import { createHash } from 'node:crypto';
import { EVENTS, factId, type CloudEvent } from '@heliograph/contracts';
import { newEvent } from '@heliograph/kafka';
import type { WebhookEvent } from '@heliograph/providers';
import type { WebhookAccount } from './webhook-accounts.ts';

export const SOURCE = '/heliograph/ingress-webhooks';

/**
 * The record of one provider event. Its id is derived from account and provider's event id (from the bytes when there is
 * none), so that every repeat has the same one and two accounts never share one; its data are the provider's bytes.
 */
export function webhookReceived(event: WebhookEvent, account: WebhookAccount): CloudEvent<Buffer> {
  const name = event.id ?? `sha256:${createHash('sha256').update(event.data).digest('hex')}`;
  return newEvent<Buffer>(EVENTS.webhookReceived, {
    id: factId(`${account.id}/${name}`),
    key: event.partitionKey,
    source: SOURCE,
    tenant: account.tenant,
    extensions: {
      account: account.id,
      profile: account.profile,
      ...(event.id !== undefined && { eventid: event.id }),
    },
    data: event.data,
    ...(event.time !== undefined && { time: event.time }),
  });
}
