// A provider that does next to nothing, so that what is measured is whoever calls it: tokens, conversations and messages for
// any number of accounts, after so many milliseconds, and never more of them in a period than its limit.
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { readOrder, tellReady } from '../bare/bare-process.ts';

export interface ProviderOrder {
  port: number;
  /** Per account; none when absent. All arrivals count, those that are turned away, too. */
  limit?: { requests: number; periodMs: number };
  /** Keeps what arrived, for {@link Arrival}. */
  remember: boolean;
}

/** A message as it arrived: account, moment of Date.now(), what it says; and whether it was turned away. */
export type Arrival = [account: string, at: number, text: string, throttled: boolean];

const order = readOrder<ProviderOrder>();
const recent = new Map<string, number[]>();
const arrivals: Arrival[] = [];
let latencyMs = 0;

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [, account = '', ...path] = (request.url ?? '').split('/');
    if (account === 'control') return control(path[0], path[1], response);
    const send = (): void => serve(account, path.at(-1), Buffer.concat(chunks), response);
    if (latencyMs > 0) setTimeout(send, latencyMs);
    else send();
  });
}).listen(order.port, '127.0.0.1', tellReady);

function control(name: string | undefined, value: string | undefined, response: ServerResponse): void {
  if (name === 'latency') latencyMs = Number(value);
  const taken = name === 'arrivals' ? arrivals.splice(0) : [];
  answer(response, 200, taken);
}

function serve(account: string, call: string | undefined, body: Buffer, response: ServerResponse): void {
  const throttled = isOverLimit(account);
  if (order.remember && call === 'messages') {
    const { text } = JSON.parse(body.toString()) as { text: { content: string } };
    arrivals.push([account, Date.now(), text.content, throttled]);
  }
  if (throttled) return answer(response, 429, { message: 'too many requests', code: '429', status: 429 });
  if (call === 'token') {
    return answer(response, 200, { access_token: randomUUID(), token_type: 'bearer', expires_in: 36_000 });
  }
  answer(response, call === 'messages' ? 200 : 201, { id: randomUUID(), status: 'queued' });
}

/** A sliding log: whether more than the limit arrived in the period that ends now. */
function isOverLimit(account: string): boolean {
  if (!order.limit) return false;
  const { requests, periodMs } = order.limit;
  const now = performance.now();
  const log = (recent.get(account) ?? []).filter((at) => now - at < periodMs);
  log.push(now);
  recent.set(account, log);
  return log.length > requests;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
