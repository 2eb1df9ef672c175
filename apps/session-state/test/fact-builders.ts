import {
  conversationId,
  factId,
  type MessageFailed,
  type MessageReceived,
  type MessageSent,
  type ContactConsentReported,
  type MessageStatusReported,
  type MessageSuppressed,
  type Parties,
  type ProviderConversationChanged,
} from '@heliograph/contracts';
import type { Fact, FactType } from '../src/fold/facts.ts';

/** Facts for the specs of this service: one conversation, ids derived from a name. They begin a day ago. */
export const START = Math.floor(Date.now() / 1000) * 1000 - 24 * 60 * 60 * 1000;
export const HOUR = 60 * 60 * 1000;

export function partiesOfContact(contact: string): Parties {
  const party = { tenant: 'acme', account: 'acme-genesys', channel: 'whatsapp', sender: 'support', contact } as const;
  return { conversationId: conversationId(party.tenant, party.channel, party.sender, contact), ...party };
}

export const parties = partiesOfContact('15550001234');
export const uuidOf = (name: string): string => factId(name);
export const isoAt = (hours: number): string => new Date(START + hours * HOUR).toISOString();

/** Builders for the facts of one contact. */
export function factsOf(contact: string) {
  const { conversationId } = partiesOfContact(contact);
  const of =
    <A extends unknown[]>(build: (...args: A) => Fact) =>
    (...args: A): Fact => {
      const fact = build(...args);
      const data = { ...fact.data, contact, conversationId };
      return { ...fact, id: uuidOf(`${contact} ${fact.id}`), partitionKey: conversationId, data } as Fact;
    };
  return { id: conversationId, received: of(received), sent: of(sent), receipt: of(receipt), changed: of(changed) };
}

/** The same fact of another contact. */
export function ofContact(contact: string, fact: Fact): Fact {
  const { conversationId } = partiesOfContact(contact);
  const text = JSON.stringify(fact)
    .replaceAll(parties.conversationId, conversationId)
    .replaceAll(parties.contact, contact);
  return { ...(JSON.parse(text) as Fact), id: uuidOf(`${contact} ${fact.id}`) };
}

type DataOf<T extends FactType> = Extract<Fact, { type: T }>['data'];

export function factOf<T extends FactType>(type: T, name: string, data: Omit<DataOf<T>, keyof Parties>): Fact {
  return {
    id: uuidOf(`${type} ${name}`),
    type,
    source: '/heliograph/spec',
    time: data.at,
    partitionKey: parties.conversationId,
    extensions: { tenant: parties.tenant },
    data: { ...parties, ...data },
  } as unknown as Fact;
}

export const received = (name: string, hours: number, data: Partial<MessageReceived> = {}): Fact =>
  factOf('message.received', name, {
    providerMessageId: `in-${name}`,
    providerConversationId: 'pc-1',
    at: isoAt(hours),
    content: { type: 'text', text: 'hello' },
    ...data,
  });

export const sent = (name: string, hours: number, data: Partial<MessageSent> = {}): Fact =>
  factOf('message.sent', name, {
    messageId: uuidOf(`message ${name}`),
    providerMessageId: `out-${name}`,
    providerConversationId: 'pc-1',
    attempt: 'a.1',
    possiblyRepeated: false,
    at: isoAt(hours),
    content: { type: 'text', text: 'hi' },
    ...data,
  });

export const failed = (name: string, hours: number, data: Partial<MessageFailed> = {}): Fact =>
  factOf('message.failed', name, {
    messageId: uuidOf(`message ${name}`),
    code: 'window-closed',
    reason: 'the customer wrote more than 24 hours ago',
    possiblyRepeated: false,
    at: isoAt(hours),
    ...data,
  });

export const consentReported = (name: string, hours: number, data: Partial<ContactConsentReported> = {}): Fact =>
  factOf('contact.consent-reported', name, {
    change: 'opt-out',
    purpose: 'all',
    source: 'provider-event',
    code: 'OUTBOUND_MESSAGE_OPT_OUT',
    at: isoAt(hours),
    ...data,
  });

export const suppressed = (name: string, hours: number, data: Partial<MessageSuppressed> = {}): Fact =>
  factOf('message.suppressed', name, {
    messageId: uuidOf(`message ${name}`),
    class: 'campaign',
    code: 'opted-out',
    reason: 'the contact has opted out of everything',
    subject: 'S'.repeat(43),
    purpose: 'all',
    since: isoAt(0),
    at: isoAt(hours),
    ...data,
  });

/** A receipt for the message that `sent(of, …)` tells of. */
export const receipt = (
  of: string,
  status: MessageStatusReported['status'],
  hours: number,
  name = `${of} ${status} ${hours}`,
): Fact => factOf('message.status-reported', name, { providerMessageId: `out-${of}`, status, at: isoAt(hours) });

export const changed = (
  name: string,
  state: ProviderConversationChanged['state'],
  hours: number,
  providerConversationId = 'pc-1',
): Fact => factOf('provider-conversation.changed', name, { providerConversationId, state, at: isoAt(hours) });

export const assigned = (name: string, hours: number, providerConversationId = 'pc-1'): Fact =>
  factOf('conversation.assigned', name, {
    providerConversationId,
    assigneeKind: 'agent',
    assigneeId: 'agent-7',
    at: isoAt(hours),
  });

export const unresolved = (name: string, hours: number): Fact =>
  factOf('message.unresolved', name, {
    messageId: uuidOf(`message ${name}`),
    reason: 'the answer was lost',
    attempt: 'a.1',
    at: isoAt(hours),
    content: { type: 'text', text: 'hi' },
  });
