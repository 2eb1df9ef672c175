import { newId } from '../world/new-id.ts';
import type { Conversation } from '../messaging/conversation-store.ts';
import type { ProviderEvent } from './event.ts';

/** The provider's own keyword handling has taken a customer off the list (guide 002, edge case 1; all but the status is assumed). */
export function optOutEvent({ id, pair }: Conversation, at: number, eventId: string = newId()): ProviderEvent {
  const { channel, sender, contact } = pair;
  return {
    id: eventId,
    type: 'message',
    status: 'OUTBOUND_MESSAGE_OPT_OUT',
    timestamp: new Date(at).toISOString(),
    conversation: { id },
    from: { id: `${channel}:${contact}` },
    to: { id: `${channel}:${sender}` },
  };
}
