import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EventView } from './views.ts';

export interface Delivery {
  readonly raw: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly event: EventView;
  /** performance.now() of the arrival of its head. */
  readonly at: number;
}

/** A webhook address that keeps what it gets. `answer` decides the status; 0 leaves the request unanswered. */
export class Receiver {
  readonly deliveries: Delivery[] = [];
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();
  answer: (delivery: Delivery) => number | Promise<number> = () => 200;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const at = performance.now();
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks);
        const delivery = { raw, headers: request.headers, event: JSON.parse(raw.toString()) as EventView, at };
        receiver.deliveries.push(delivery);
        void Promise.resolve(receiver.answer(delivery)).then((status) => {
          if (status !== 0) response.writeHead(status).end();
        });
        for (const check of receiver.#waiting) check();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** Resolves with the matching deliveries once there are `count`. */
  until(count: number, matches: (delivery: Delivery) => boolean = () => true): Promise<Delivery[]> {
    return new Promise((resolve) => {
      const check = () => {
        const found = this.deliveries.filter(matches);
        if (found.length < count) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const isReceipt = ({ event }: Delivery) => event.type === 'message' && event.status !== undefined;
