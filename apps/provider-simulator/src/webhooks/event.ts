import { newId } from '../world/new-id.ts';
import type { Conversation, Pair } from '../messaging/conversation-store.ts';
import type { Template, TemplateChange } from '../templates/template-store.ts';

/** A webhook event (guide 000 §3; what the guide does not show is assumed as the README says). */
export interface ProviderEvent {
  readonly id: string;
  readonly type:
    | 'message'
    | 'conversation'
    | 'routing:conversation:assignment'
    | 'routing:queue:update'
    | 'routing:skill:update'
    | 'whatsapp_status_update';
  /** ISO 8601, on the provider's clock. */
  readonly timestamp: string;
  /** Absent for what is of no conversation. */
  readonly conversation?: { readonly id: string };
  readonly status?: string;
  readonly message?: { readonly id: string };
  readonly template?: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export type Assignee = { readonly type: 'queue' | 'agent' | 'bot'; readonly id: string };

function base(conversation: Conversation, at: number, id: string = newId()) {
  return { id, timestamp: new Date(at).toISOString(), conversation: { id: conversation.id } };
}

const customerOf = ({ channel, contact }: Pair) => ({ id: `${channel}:${contact}` });
const businessOf = ({ channel, sender }: Pair) => ({ id: `${channel}:${sender}` });

export function customerMessage(
  conversation: Conversation,
  at: number,
  {
    eventId,
    messageId,
    body,
    authenticated,
  }: {
    eventId?: string | undefined;
    messageId: string;
    body: Readonly<Record<string, unknown>>;
    authenticated?: boolean | undefined;
  },
): ProviderEvent {
  return {
    ...base(conversation, at, eventId),
    type: 'message',
    message: { id: messageId },
    from: { ...customerOf(conversation.pair), ...(authenticated === undefined ? {} : { authenticated }) },
    to: businessOf(conversation.pair),
    body,
  };
}

export function receipt(
  conversation: Conversation,
  at: number,
  {
    messageId,
    status,
    reason,
    bare,
  }: { messageId: string; status: string; reason?: string | undefined; bare: boolean },
): ProviderEvent {
  return {
    ...base(conversation, at),
    type: 'message',
    status,
    message: { id: messageId },
    ...(bare ? {} : { from: businessOf(conversation.pair), to: customerOf(conversation.pair) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

export function conversationChanged(conversation: Conversation, at: number, addresses: boolean): ProviderEvent {
  return {
    ...base(conversation, at),
    type: 'conversation',
    status: conversation.status,
    ...(addresses ? { from: customerOf(conversation.pair), to: businessOf(conversation.pair) } : {}),
  };
}

/** Guide 000, edge case 3 names these events; what they carry is assumed. */
export function routingUpdate(kind: 'queue' | 'skill', id: string, at: number): ProviderEvent {
  return { id: newId(), type: `routing:${kind}:update`, timestamp: new Date(at).toISOString(), [kind]: { id } };
}

export function assigned(conversation: Conversation, at: number, assignee: Assignee): ProviderEvent {
  return { ...base(conversation, at), type: 'routing:conversation:assignment', assignee };
}

/** Guide 001 §2 names the event, its edge case 2 `rejected` and a reason; the rest is assumed. */
export function templateChanged(
  { id, name, language }: Template,
  at: number,
  { status, reason, quality, category }: TemplateChange,
  languageAs: 'en_US' | 'en-US',
): ProviderEvent {
  const written = languageAs === 'en_US' ? language : language.replace('_', '-');
  return {
    id: newId(),
    type: 'whatsapp_status_update',
    timestamp: new Date(at).toISOString(),
    ...(status === undefined ? {} : { status: status.toLowerCase() }),
    ...(reason === undefined ? {} : { reason }),
    template: {
      id,
      name,
      language: written,
      ...(quality === undefined ? {} : { quality }),
      ...(category === undefined ? {} : { category }),
    },
  };
}
