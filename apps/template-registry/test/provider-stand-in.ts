import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A template as the provider of a test lists it; anything, to be able to be wrong. */
export type Entry = Record<string, unknown>;

export interface Arrival {
  readonly path: string;
  /** Milliseconds of Date.now(). */
  readonly at: number;
}

export type Fault = { status: number; headers?: Record<string, string> };

export const template = (over: Entry = {}): Entry => ({
  id: 'tpl-1',
  name: 'order_shipped',
  language: 'en_US',
  category: 'UTILITY',
  status: 'APPROVED',
  components: [{ type: 'BODY', text: 'Order {{1}} leaves on {{2}}.' }],
  ...over,
});

/** The provider of a test's own: gives tokens, lists its providers and their templates, and remembers each request. */
export class ProviderStandIn {
  readonly arrivals: Arrival[] = [];
  /** Templates by the provider that has them. */
  templates: Record<string, Entry[]> = { 'wa-1': [template()] };
  /** Asked for each request. */
  fault: (path: string) => Fault | undefined = () => undefined;
  /** Answers wait for it. */
  hold: Promise<void> = Promise.resolve();
  readonly #server: Server;

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
    return this.arrivals.filter(({ path }) => path === '/api/v2/messaging/providers').length;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const path = request.url ?? '';
    this.arrivals.push({ path, at: Date.now() });
    await this.hold;
    const fault = this.fault(path);
    const status = fault?.status ?? 200;
    response.writeHead(status, { 'content-type': 'application/json', ...fault?.headers });
    response.end(JSON.stringify(fault ? { message: 'on purpose', code: 'fault', status } : this.#answer(path)));
  }

  #answer(path: string): object {
    if (path === '/token') return { access_token: 'access-token-1', token_type: 'bearer', expires_in: 3600 };
    if (path === '/api/v2/messaging/providers') {
      const whatsapp = Object.keys(this.templates).map((id) => ({ id, type: 'WHATSAPP', name: id }));
      return { entities: [...whatsapp, { id: 'mail-1', type: 'EMAIL', name: 'mail' }] };
    }
    const [, id] = /^\/api\/v2\/messaging\/providers\/([^/]+)\/templates$/.exec(path) ?? [];
    return { entities: this.templates[decodeURIComponent(id ?? '')] ?? [] };
  }
}
