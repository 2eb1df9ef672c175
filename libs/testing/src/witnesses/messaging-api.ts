import { randomUUID } from 'node:crypto';
import type { Channel } from '@heliograph/contracts';
import { call, callWell, type Answer } from './http.ts';

export interface SendRequest {
  channel: Channel;
  sender: string;
  to: string;
  class?: 'transactional' | 'campaign';
  text?: string;
  template?: { name: string; language: string; parameters?: string[] };
  expiresAt?: string;
  /** Other contents, and policies. */
  [field: string]: unknown;
}

export interface Accepted {
  messageId: string;
  conversationId: string;
  status: string;
  /** Where the request became several messages. */
  parts?: { messageId: string; index: number; type: string }[];
  flagged?: string[];
}

export interface TimelinePage {
  entries: { sequence: number; kind: string; factId: string }[];
  next?: number;
}

/** The HTTP door as a program uses it. */
export class MessagingApi {
  readonly address: string;
  readonly #headers: Record<string, string>;

  constructor(address: string, key: string) {
    this.address = address;
    this.#headers = { authorization: `Bearer ${key}` };
  }

  /** @throws Error when it is not accepted */
  async send(request: SendRequest, idempotencyKey: string = randomUUID()): Promise<Accepted> {
    const { status, body } = await this.trySend(request, idempotencyKey);
    if (status === 202) return body;
    throw new Error(`POST /v1/messages answered ${status}: ${JSON.stringify(body)}`);
  }

  trySend(request: unknown, idempotencyKey: string = randomUUID()): Promise<Answer<Accepted>> {
    const headers = { ...this.#headers, 'idempotency-key': idempotencyKey };
    return call(`${this.address}/v1/messages`, { method: 'POST', headers, body: request });
  }

  /** Gives a command about a conversation: `hand-off`, `accept`, `wrap-up`, `close`. @throws Error when it is not accepted */
  async command(conversationId: string, path: string, request: unknown): Promise<{ commandId: string }> {
    const headers = { ...this.#headers, 'idempotency-key': randomUUID() };
    const url = `${this.address}/v1/conversations/${conversationId}/${path}`;
    return callWell(url, { method: 'POST', headers, body: request });
  }

  /** Asks for a contact to be erased. @throws Error when it is not accepted */
  async erase(channel: Channel, address: string): Promise<{ erasureId: string; conversationIds: string[] }> {
    const headers = { ...this.#headers, 'idempotency-key': randomUUID() };
    const url = `${this.address}/v1/contacts/${channel}/${encodeURIComponent(address)}/erase`;
    return callWell(url, { method: 'POST', headers, body: { evidence: 'a letter' } });
  }

  commandStatus(id: string): Promise<{ status: string; kind?: string; code?: string; reason?: string }> {
    return this.#get(`/v1/commands/${id}`);
  }

  message(id: string): Promise<{ status: string; reason?: string }> {
    return this.#get(`/v1/messages/${id}`);
  }

  conversation(id: string): Promise<{ state: string; session: number; sequence: number }> {
    return this.#get(`/v1/conversations/${id}`);
  }

  /** All of it that the API keeps, oldest first, page by page. */
  async timeline(id: string): Promise<TimelinePage['entries']> {
    const entries: TimelinePage['entries'] = [];
    let before: number | undefined;
    do {
      const query = before === undefined ? '' : `&before=${before}`;
      const page = await this.#get<TimelinePage>(`/v1/conversations/${id}/timeline?limit=200${query}`);
      entries.push(...page.entries);
      before = page.next;
    } while (before !== undefined);
    return entries.reverse();
  }

  #get<T>(path: string): Promise<T> {
    return callWell<T>(`${this.address}${path}`, { headers: this.#headers });
  }
}
