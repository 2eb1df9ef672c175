import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A template as the provider of a test lists it; anything, to be able to be wrong. */
export type Entry = Record<string, unknown>;

export interface Arrival {
  readonly method: string;
  readonly path: string;
  /** Milliseconds of Date.now(). */
  readonly at: number;
}

export type Fault = { status: number; headers?: Record<string, string>; message?: string };

export const template = (over: Entry = {}): Entry => ({
  id: 'tpl-1',
  name: 'order_shipped',
  language: 'en_US',
  category: 'UTILITY',
  status: 'APPROVED',
  components: [{ type: 'BODY', text: 'Order {{1}} leaves on {{2}}.' }],
  ...over,
});

/** The list of guide 002, section 2, beside those of WhatsApp providers. */
export const MESSAGING = 'messaging';
const MESSAGING_PATH = '/api/v2/messaging/templates';

/** The provider of a test's own: gives tokens, lists and creates templates, and remembers each request. */
export class ProviderStandIn {
  readonly arrivals: Arrival[] = [];
  /** Templates by the provider that has them; `messaging`: those of SMS and e-mail. */
  templates: Record<string, Entry[]> = { 'wa-1': [template()] };
  /** Asked for each request, before it has an effect. */
  fault: (path: string, method: string, body: Entry) => Fault | undefined = () => undefined;
  /** Answers wait for it, effects do not. */
  hold: Promise<void> = Promise.resolve();
  /** What a template that was created is at first. */
  firstStatus = 'PENDING';
  /** Called with what was created. */
  created: (entry: Entry) => void = () => undefined;
  readonly #server: Server;
  #ids = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async start(): Promise<ProviderStandIn> {
    const provider = new ProviderStandIn();
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Complete lists asked for so far. */
  get rounds(): number {
    return this.arrivals.filter(({ method, path }) => method === 'GET' && path === MESSAGING_PATH).length;
  }

  /** Requests to create a template, whatever became of them. */
  get creations(): Arrival[] {
    return this.arrivals.filter(({ method, path }) => method === 'POST' && path.endsWith('/templates'));
  }

  /** Everything it has, as `name (language)`. */
  get names(): string[] {
    return Object.values(this.templates)
      .flat()
      .map(({ name, language }) => (typeof language === 'string' ? `${String(name)} (${language})` : String(name)));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { url: path = '', method = 'GET' } = request;
    this.arrivals.push({ method, path, at: Date.now() });
    const body = method === 'POST' && path !== '/token' ? (JSON.parse(Buffer.concat(chunks).toString()) as Entry) : {};
    const fault = this.fault(path, method, body);
    const [status, answer] = fault
      ? [fault.status, { message: fault.message ?? 'on purpose', code: 'fault', status: fault.status }]
      : this.#answer(path, method, body);
    await this.hold;
    response.writeHead(status, { 'content-type': 'application/json', ...fault?.headers });
    response.end(JSON.stringify(answer));
  }

  #answer(path: string, method: string, body: Entry): [status: number, answer: object] {
    if (path === '/token') return [200, { access_token: 'access-token-1', token_type: 'bearer', expires_in: 3600 }];
    if (path === '/api/v2/messaging/providers') return [200, { entities: this.#providers() }];
    const [, id] = /^\/api\/v2\/messaging\/providers\/([^/]+)\/templates$/.exec(path) ?? [];
    const list = path === MESSAGING_PATH ? MESSAGING : decodeURIComponent(id ?? '');
    if (method === 'POST') return this.#create(list, body);
    return [200, { entities: this.templates[list] ?? [] }];
  }

  #providers(): object[] {
    const whatsapp = Object.keys(this.templates).filter((id) => id !== MESSAGING);
    return [
      ...whatsapp.map((id) => ({ id, type: 'WHATSAPP', name: id })),
      { id: 'mail-1', type: 'EMAIL', name: 'mail' },
    ];
  }

  #create(list: string, body: Entry): [status: number, answer: object] {
    const entries = (this.templates[list] ??= []);
    const isSame = ({ name, language }: Entry): boolean => name === body.name && language === body.language;
    if (entries.some(isSame)) return [409, { message: 'name: exists already in this language', status: 409 }];
    const entry: Entry = { status: this.firstStatus, ...body, id: `made-${++this.#ids}` };
    entries.push(entry);
    this.created(entry);
    return [201, entry];
  }
}
