import {
  EVENTS,
  factId,
  type CloudEvent,
  type ContactConsentReported,
  type ConversationAssigned,
  type EventContract,
  type MessageReceived,
  type MessageStatusReported,
  type Parties,
  type ProviderConversationChanged,
} from '@heliograph/contracts';
import { newEvent, type Delivery, type OutgoingEvent } from '@heliograph/kafka';
import type { ConversationalFact } from '@heliograph/providers';

/** Turns what a profile read from an event into facts of a conversation. Ids follow from the event, so a replay repeats them. */
export function buildFact(fact: ConversationalFact, parties: Parties, index: number, cause: Delivery): OutgoingEvent {
  switch (fact.kind) {
    case 'message': {
      const { providerMessageId, providerConversationId, at, authenticated, content } = fact;
      const message = { providerMessageId, providerConversationId, senderAddress: fact.to?.address, at };
      const data: MessageReceived = { ...parties, ...message, authenticated, content };
      return outgoing(EVENTS.messageReceived, data, index, cause);
    }
    case 'status': {
      const { providerMessageId, providerConversationId, reference, status, at, reason, optedOut } = fact;
      const receipt = { providerMessageId, providerConversationId, reference, status, at, reason, optedOut };
      const data: MessageStatusReported = { ...parties, ...receipt };
      return outgoing(EVENTS.messageStatusReported, data, index, cause);
    }
    case 'consent': {
      const { change, purpose, source, code, providerConversationId, at } = fact;
      const reported = { change, purpose, source, code, providerConversationId, at };
      const data: ContactConsentReported = { ...parties, ...reported };
      return outgoing(EVENTS.contactConsentReported, data, index, cause);
    }
    case 'conversation': {
      const { providerConversationId, state, at } = fact;
      const data: ProviderConversationChanged = { ...parties, providerConversationId, state, at };
      return outgoing(EVENTS.providerConversationChanged, data, index, cause);
    }
    case 'assignment': {
      const { providerConversationId, assignee, at } = fact;
      const assigned = { assigneeKind: assignee.kind, assigneeId: assignee.id };
      const data: ConversationAssigned = { ...parties, providerConversationId, ...assigned, at };
      return outgoing(EVENTS.conversationAssigned, data, index, cause);
    }
  }
}

function outgoing<T extends Parties & { at: string }>(
  contract: EventContract<T>,
  data: T,
  index: number,
  cause: Delivery,
): OutgoingEvent {
  const event: CloudEvent<T> = newEvent(contract, {
    id: factId(cause.event.id, index),
    key: data.conversationId,
    data,
    tenant: data.tenant,
    time: data.at,
    source: '/heliograph/dedup-router',
    cause,
  });
  return { contract, event };
}
