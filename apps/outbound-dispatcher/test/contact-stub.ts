import { randomUUID } from 'node:crypto';

/** A request about contacts, as it arrived. */
export interface ContactRequest {
  readonly kind: 'find' | 'look' | 'message';
  readonly contactId?: string;
  /** The conversation that was asked for, or that the contact is of. */
  readonly conversationId?: string;
  readonly body: Record<string, unknown>;
  readonly text?: string;
}

type Reply = { readonly status: number; readonly body: object };

const CONTACTS = /^\/api\/v2\/conversations\/messaging\/contacts(?:\/([^/?]+))?(\/messages)?(?:\?(.*))?$/;

/** The contacts of one account (guide 004): one per conversation, under an id of its own. */
export class ContactStub {
  private readonly ids = new Map<string, string>();

  /** @param conversations what became of each, by id */
  constructor(private readonly conversations: ReadonlyMap<string, 'open' | 'closed'>) {}

  idOf(conversation: string): string {
    const id = this.ids.get(conversation) ?? `contact-${randomUUID()}`;
    this.ids.set(conversation, id);
    return id;
  }

  /** From now on it has another id, and the old one is unknown. */
  renew(conversation: string): void {
    this.ids.set(conversation, `contact-${randomUUID()}`);
  }

  /** The request when it is one about contacts; undefined when it is another one. */
  read(method: string, path: string, text: string): ContactRequest | undefined {
    const match = CONTACTS.exec(path);
    if (!match) return undefined;
    const [, contactId, messages, query = ''] = match;
    if (contactId === undefined) {
      const conversationId = new URLSearchParams(query).get('conversationId') ?? undefined;
      return method === 'GET' ? { kind: 'find', conversationId, body: {} } : undefined;
    }
    const conversationId = [...this.ids].find(([, id]) => id === contactId)?.[0];
    const about = { contactId, conversationId };
    if (!messages) return method === 'GET' ? { kind: 'look', ...about, body: {} } : undefined;
    const body = JSON.parse(text) as { type?: string; content?: { title?: string; caption?: string; url?: string } };
    const { title, caption, url } = body.content ?? {};
    if (method !== 'POST' || body.type !== 'message') return undefined;
    return { kind: 'message', ...about, body, text: title ?? caption ?? url };
  }

  answer({ kind, contactId, conversationId }: ContactRequest): Reply {
    const state = conversationId === undefined ? undefined : this.conversations.get(conversationId);
    if (kind === 'find') {
      const entities = state === 'open' ? [this.view(conversationId!)] : [];
      return { status: 200, body: { entities } };
    }
    if (state === undefined) return problem(404, `contact ${contactId} not found`);
    if (kind === 'look') return { status: 200, body: this.view(conversationId!) };
    if (state === 'closed') return problem(400, 'this conversation was closed', 'conversation.closed');
    return { status: 201, body: { id: randomUUID(), status: 'queued' } };
  }

  private view(conversationId: string): object {
    const status = this.conversations.get(conversationId) === 'closed' ? 'closed' : 'active';
    return { id: this.idOf(conversationId), conversationId, status };
  }
}

const problem = (status: number, message: string, code = String(status)): Reply => ({
  status,
  body: { message, code, status },
});
