import { Agent } from 'undici';
import { checkSettings } from '../settings/settings.ts';
import { Simulator } from '../simulator.ts';
import type { Body, Line } from './views.ts';

export const SENDER = '+15550009876';
export const SMS_SENDER = '+15550001111';
export const CUSTOMER = '+15550001234';
export const API_KEY = 'crm-key';

export const NO_LIMITS = { tenant: null, number: null, agentless: null, campaign: null, pair: null };

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Body;
}

/** A simulator in this process with one account `acme`, and what a test says to it. */
export class Running {
  readonly simulator: Simulator;
  readonly address: string;
  readonly #agent = new Agent({ connections: 32 });
  token = '';

  constructor(simulator: Simulator, address: string) {
    this.simulator = simulator;
    this.address = address;
  }

  /** A request as it is: body given as text or bytes. Rejects when the connection ends without an answer. */
  async raw(
    method: string,
    path: string,
    body: string | Buffer | null,
    headers: Record<string, string>,
  ): Promise<Reply> {
    const answer = await this.#agent.request({ origin: this.address, path, method, body, headers });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, body: parsed(text) };
  }

  /** JSON with the token, unless told otherwise. */
  api(method: string, path: string, body?: unknown, bearer = this.token): Promise<Reply> {
    const content: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { ...content, ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }) };
    return this.raw(method, path, body === undefined ? null : JSON.stringify(body), headers);
  }

  crm(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.api(method, `/crm/v1${path}`, body, API_KEY);
  }

  /** Rejects unless answered 2xx. */
  async control(method: string, path: string, body?: unknown): Promise<Body> {
    const reply = await this.api(method, `/control${path}`, body, '');
    if (reply.status > 299) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** NDJSON of the control API. */
  async lines(path: string): Promise<Line[]> {
    const answer = await this.#agent.request({ origin: this.address, path: `/control${path}`, method: 'GET' });
    const text = await answer.body.text();
    return text.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line) as Line)));
  }

  form(fields: Record<string, string>, path = '/api/v2/oauth2/token'): Promise<Reply> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.raw('POST', path, new URLSearchParams(fields).toString(), headers);
  }

  async logIn(): Promise<void> {
    const { body } = await this.form(credentials());
    this.token = body.access_token;
  }

  /** The customer writes; returns the provider conversation's id. */
  async customerWrites(text = 'Hello', from = CUSTOMER): Promise<string> {
    const body = { from, to: SENDER, text };
    return (await this.control('POST', '/accounts/acme/customer-messages', body)).conversationId;
  }

  send(conversationId: string, message: object = textMessage()): Promise<Reply> {
    return this.api('POST', `/api/v2/conversations/messaging/${conversationId}/messages`, message);
  }

  fault(rule: object, account = 'acme'): Promise<Body> {
    return this.control('POST', `/accounts/${account}/faults`, rule);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
    await this.simulator.close();
  }
}

export interface Options {
  account?: object;
  webhook?: object;
  crm?: object;
  settings?: object;
}

/** On a free port, without a limit, without receipts, with a token. */
export async function startSimulator({ account, webhook, crm, settings }: Options = {}): Promise<Running> {
  const simulator = new Simulator(
    checkSettings({
      accounts: [
        {
          id: 'acme',
          client: { id: 'acme-client', secret: 'acme-secret' },
          limits: NO_LIMITS,
          senders: [
            { channel: 'whatsapp', address: SENDER, queueId: 'queue-support' },
            { channel: 'sms', address: SMS_SENDER, queueId: 'queue-alerts' },
          ],
          webhook: { secret: 'webhook-secret', receipts: [], retryBaseMs: 5, retryMaxMs: 20, ...webhook },
          templates: [
            { name: 'order_confirmation', language: 'en', components: [{ type: 'BODY', text: 'Order {{1}}' }] },
            { name: 'waiting', language: 'en', status: 'PENDING', components: [{ type: 'BODY', text: 'Wait' }] },
          ],
          ...account,
        },
      ],
      crm: { apiKey: API_KEY, ...crm },
      ...settings,
    }),
  );
  const running = new Running(simulator, await simulator.start('127.0.0.1', 0));
  await running.logIn();
  return running;
}

export function credentials(): Record<string, string> {
  return { grant_type: 'client_credentials', client_id: 'acme-client', client_secret: 'acme-secret' };
}

export function textMessage(content = 'How can we help?', to = CUSTOMER) {
  return { to: { id: `whatsapp:${to}`, type: 'person' }, text: { content, type: 'text' } };
}

export function templateMessage(name = 'order_confirmation', code = 'en', texts = ['ORD-1']) {
  const parameters = texts.map((text) => ({ type: 'text', text }));
  const components = texts.length === 0 ? [] : [{ type: 'body', parameters }];
  return { to: { id: `whatsapp:${CUSTOMER}`, type: 'person' }, template: { name, language: { code }, components } };
}

/** Guide 000 §4. */
export function conversationBody() {
  return {
    to: [{ id: `whatsapp:${CUSTOMER}`, type: 'person', address: CUSTOMER }],
    from: { id: `whatsapp:${SENDER}`, type: 'person', address: SENDER },
    routing_data: {
      queue_id: 'queue-support',
      priority: 1,
      routing_type: 'queue',
      skills: [{ id: 'skill-whatsapp-support', level: 1 }],
      attributes: { source: 'headless_integration', compliance_opt_in: true },
    },
    metadata: { external_ref: 'crm_ticket_998877' },
  };
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return { text } as Body;
  }
}
