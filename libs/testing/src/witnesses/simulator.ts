import type { SystemFiles } from '../system/system-files.ts';
import { callWell, readLines } from './http.ts';

/** A request as it arrived at the provider: the evidence of what was sent. */
export interface Arrival {
  seq: number;
  /** Milliseconds since the epoch. */
  at: number;
  answeredAt: number;
  /** Of the connection it came over, on the side of whoever asked. */
  port: number;
  method: string;
  path: string;
  status: number;
  accepted: boolean;
  limited: boolean;
  fault?: string;
  conversationId?: string;
  messageId?: string;
  text?: string;
  /** The OAuth client whose token it carries, or that asks for one. */
  client?: string;
  /** Of a message: the number it is from, such as `sms:+15550001111`. */
  number?: string;
  toHash?: string;
  /** Of a request about a contact. */
  contactId?: string;
  /** Name of the template that is sent, its language and id where the request names them, and its status when it arrived. */
  template?: string;
  language?: string;
  templateId?: string;
  templateStatus?: string;
  /** Channel of a message that opens a conversation of its own. */
  agentless?: string;
  /** Content type of a structured message; `text` is its title, caption or address then. */
  content?: string;
}

/** What arrived in everything that is limited by itself, judged against its limit. */
export interface BucketArrivals {
  buckets: Record<string, { arrivals: number; maxInWindow?: number; limit?: { requests: number; periodMs: number } }>;
  pairs?: { pairs: number; borrow: number; mostOwed: number };
  throttled: number;
}

/** An event the provider told, and whether it was acknowledged. */
export interface ToldEvent {
  /** 1, 2, 3 … in the order of telling. */
  seq: number;
  id: string;
  type: string;
  status?: string;
  conversationId: string;
  messageId?: string;
  /** Name of the template that it is about. */
  template?: string;
  /** Milliseconds since the epoch. */
  emittedAt: number;
  attempts: number;
  acknowledgements: number;
  acknowledgedAt?: number;
}

export interface CustomerMessage {
  from: string;
  /** Either this or `body`. */
  text?: string;
  /** What is no text: an attachment, a place, a reply with a payload. */
  body?: Record<string, unknown> & { type: string };
  /** What the channel says of the customer. */
  authenticated?: boolean;
  /** The number or id written to; the one on WhatsApp when absent. */
  to?: string;
  /** Milliseconds; it was written so long ago. */
  agoMs?: number;
  eventId?: string;
}

export interface Written {
  eventId: string;
  messageId: string;
  /** The provider's. */
  conversationId: string;
}

export interface FaultRule {
  kind: 'status' | 'throttle' | 'reset-before' | 'reset-after' | 'drop-after-accept' | 'stall' | 'hold';
  count?: number;
  match?: { method?: string; path?: string; conversationId?: string; textIncludes?: string; client?: string };
  status?: number;
  retryAfterS?: number;
  /** Share of the matching requests that are hit; all when absent. */
  probability?: number;
  delayMs?: number;
  phase?: 'before' | 'after';
}

export interface Activity {
  externalId: string;
  kind: string;
  sequence: number;
  conversationId: string;
  /** Place among all activities by first arrival. */
  arrival: number;
  text?: string;
}

/** A registration as the provider has it: of events, or a webhook. */
export interface Registered {
  id: string;
  name: string;
  created_at: string;
  [field: string]: unknown;
}

/** Every request path that sends a message. */
export const SENDS = '*/messages';

/** The control door of the simulated provider and CRM: plays customers, sets faults, gives evidence. */
export class Simulator {
  readonly address: string;
  readonly #control: string;
  readonly #account: string;
  readonly #crm: { url: string; headers: Record<string, string> };
  readonly #senders: SystemFiles['accounts'][number]['senders'];

  constructor(address: string, files: SystemFiles) {
    const [account] = files.accounts;
    if (!account) throw new Error('a system needs an account');
    this.address = address;
    this.#control = `${address}/control`;
    this.#account = `${this.#control}/accounts/${account.id}`;
    this.#crm = { url: `${address}/crm/v1`, headers: { authorization: `Bearer ${files.crmKey}` } };
    this.#senders = account.senders;
  }

  /** The number customers of a channel write to. */
  addressOf(channel: string): string {
    return this.#senders.find((sender) => sender.channel === channel)?.address ?? '';
  }

  customerWrites({ to = this.addressOf('whatsapp'), ...message }: CustomerMessage): Promise<Written> {
    return callWell(`${this.#account}/customer-messages`, { method: 'POST', body: { to, ...message } });
  }

  closeConversation(id: string): Promise<unknown> {
    return callWell(`${this.#account}/conversations/${id}/close`, { method: 'POST' });
  }

  assign(id: string, agentId: string): Promise<unknown> {
    return callWell(`${this.#account}/conversations/${id}/assign`, { method: 'POST', body: { agentId } });
  }

  /** The customer presses a button that was offered in the conversation. */
  press(id: string, payload: string): Promise<Written> {
    return callWell(`${this.#account}/conversations/${id}/press`, { method: 'POST', body: { payload } });
  }

  /** Changes a queue, a skill or a user behind everybody's back; told by event, except of users. */
  changeRouting(change: { kind: 'queue' | 'skill' | 'user'; id: string; state: string }): Promise<unknown> {
    return callWell(`${this.#account}/routing`, { method: 'PUT', body: change });
  }

  /** How often from now on an agent is left pending, or a conversation queued or active. */
  leaveStuck(times: { pending?: number; queued?: number; active?: number }): Promise<unknown> {
    return callWell(`${this.#account}/stuck`, { method: 'PUT', body: times });
  }

  /** One of the provider's conversations. */
  conversation(id: string): Promise<{ status: string; participants: { id: string; status: string }[] }> {
    return callWell(`${this.#account}/conversations/${id}`);
  }

  setFault(rule: FaultRule): Promise<{ id: string }> {
    return callWell(`${this.#account}/faults`, { method: 'POST', body: rule });
  }

  clearFaults(): Promise<unknown> {
    return callWell(`${this.#account}/faults`, { method: 'DELETE' });
  }

  changeWebhooks(settings: Record<string, unknown>): Promise<unknown> {
    return callWell(`${this.#account}/webhooks`, { method: 'PUT', body: settings });
  }

  /** Ends every token that the account was given. */
  expireTokens(): Promise<unknown> {
    return callWell(`${this.#account}/tokens/expire`, { method: 'POST' });
  }

  /** Sets the provider's clock wrong. */
  setClock(offsetMs: number): Promise<unknown> {
    return callWell(`${this.#control}/clock`, { method: 'PUT', body: { offsetMs } });
  }

  /** Requests of the account in order of arrival, with what came of them; only those behind a `seq` when it is given. */
  arrivals(after = 0): Promise<Arrival[]> {
    const account = this.#account.split('/').at(-1);
    return readLines<Arrival>(`${this.#control}/requests?account=${account}&after=${after}`);
  }

  /** Arrivals of one text: sends, whether or not they were accepted. */
  async arrivalsOf(text: string): Promise<Arrival[]> {
    return (await this.arrivals()).filter((arrival) => arrival.text === text);
  }

  /** Those behind a `seq`, or all, in the order of telling. */
  events(after = 0): Promise<ToldEvent[]> {
    return readLines<ToldEvent>(`${this.#control}/events?after=${after}`);
  }

  /** Most arrivals of the account, of whatever kind and outcome, in any sliding window of the period. */
  async maxInWindow(periodMs: number): Promise<{ maxInWindow: number; throttled: number; requests: number }> {
    interface Summary {
      accounts: Record<string, { maxInWindow: number; throttled: number; requests: number }>;
    }
    const { accounts } = await callWell<Summary>(`${this.#control}/summary?periodMs=${periodMs}`);
    const account = accounts[this.#account.split('/').at(-1) ?? ''];
    if (!account) throw new Error('the simulator has seen no request of the account');
    return account;
  }

  /** Deliveries of events that have not ended. */
  async pending(): Promise<number> {
    interface State {
      accounts: Record<string, { events: { pending: number } }>;
    }
    const { accounts } = await callWell<State>(`${this.#control}/state`);
    return Object.values(accounts).reduce((sum, { events }) => sum + events.pending, 0);
  }

  /** Arrivals of the account by what they count against. */
  async buckets(): Promise<BucketArrivals> {
    const { accounts } = await callWell<{ accounts: Record<string, BucketArrivals> }>(`${this.#control}/summary`);
    const account = accounts[this.#account.split('/').at(-1) ?? ''];
    if (!account) throw new Error('the simulator has seen no request of the account');
    return account;
  }

  async registrations(): Promise<{ subscriptions: Registered[]; webhooks: Registered[] }> {
    return callWell(`${this.#account}/registrations`);
  }

  /** One more, as somebody else would make it. */
  addRegistration(kind: 'subscriptions' | 'webhooks', entry: object): Promise<Registered> {
    return callWell(`${this.#account}/registrations/${kind}`, { method: 'POST', body: entry });
  }

  changeRegistration(id: string, fields: object): Promise<unknown> {
    return callWell(`${this.#account}/registrations/${id}`, { method: 'PATCH', body: fields });
  }

  removeRegistration(id: string): Promise<unknown> {
    return callWell(`${this.#account}/registrations/${id}`, { method: 'DELETE' });
  }

  changeSettings(settings: Record<string, unknown>): Promise<unknown> {
    return callWell(`${this.#account}/settings`, { method: 'PATCH', body: settings });
  }

  /** Waits until at most so many deliveries of events have not ended. */
  async waitUntilDelivered(timeoutMs = 60_000): Promise<void> {
    await callWell(`${this.#control}/wait?pending=0&timeoutMs=${timeoutMs}`);
  }

  async activities(conversationId?: string): Promise<Activity[]> {
    const all: Activity[] = [];
    const filter = conversationId === undefined ? '' : `&conversationId=${conversationId}`;
    for (;;) {
      const url = `${this.#crm.url}/activities?offset=${all.length}${filter}`;
      const page = await callWell<{ total: number; entities: Activity[] }>(url, { headers: this.#crm.headers });
      all.push(...page.entities);
      if (all.length >= page.total || page.entities.length === 0) return all;
    }
  }

  async contactsOf(address: string): Promise<{ externalId: string; address: string; channel: string }[]> {
    const url = `${this.#crm.url}/contacts?address=${encodeURIComponent(address)}`;
    return (
      await callWell<{ entities: { externalId: string; address: string; channel: string }[] }>(url, {
        headers: this.#crm.headers,
      })
    ).entities;
  }
}
