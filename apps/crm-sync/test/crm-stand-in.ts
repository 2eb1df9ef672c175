import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Arrival {
  readonly kind: 'contacts' | 'activities';
  readonly id: string;
  readonly fields: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
  /** Milliseconds of Date.now(). */
  readonly at: number;
  /** What it was answered; 0 for none. */
  status: number;
}

/** What to do with a request instead of taking it. */
export type Fault = { status: number; headers?: Record<string, string>; message?: string } | 'reset' | 'silence';

/** A CRM of a test's own: takes every PUT, unless the test says otherwise, and remembers each in order of arrival. */
export class CrmStandIn {
  readonly arrivals: Arrival[] = [];
  /** Asked for each request. */
  fault: (arrival: Arrival) => Fault | undefined = () => undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async start(): Promise<CrmStandIn> {
    const crm = new CrmStandIn();
    await new Promise<void>((resolve) => crm.#server.listen(0, '127.0.0.1', resolve));
    return crm;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/crm`;
  }

  /** Sequences of the activities of a conversation that were taken, in order of arrival. */
  taken(conversationId: string): unknown[] {
    return this.#activities(conversationId)
      .filter(({ status }) => status < 300 && status > 0)
      .map(({ fields }) => fields.sequence);
  }

  /** Every request for an activity of a conversation: its sequence and what it was answered. */
  tries(conversationId: string): unknown[][] {
    return this.#activities(conversationId).map(({ fields, status }) => [fields.sequence, status]);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #activities(conversationId: string): Arrival[] {
    return this.arrivals.filter(({ fields }) => fields.conversationId === conversationId);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, kind, id] = /^\/crm\/v1\/(contacts|activities)\/([^/?]+)(?:\?|$)/.exec(request.url ?? '') ?? [];
    const fields = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    const arrival: Arrival = {
      kind: kind as Arrival['kind'],
      id: decodeURIComponent(id!),
      fields,
      headers: request.headers,
      at: Date.now(),
      status: 0,
    };
    this.arrivals.push(arrival);
    const fault = this.fault(arrival);
    if (fault === 'silence') return;
    if (fault === 'reset') return void request.socket.resetAndDestroy();
    arrival.status = fault?.status ?? 201;
    response.writeHead(arrival.status, { 'content-type': 'application/json', ...fault?.headers });
    response.end(JSON.stringify({ message: fault?.message ?? 'ok' }));
  }
}
