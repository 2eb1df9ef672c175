import { Client } from 'undici';
import { percentile } from '../statistics.ts';
import type { SignedWebhook } from './signed-webhooks.ts';

export interface LoadOrder {
  url: string;
  /** Signs the webhooks. */
  secret: string;
  connections: number;
  /** Milliseconds after which no request begins. */
  forMs: number;
  /** No more than so many, however fast they are answered. */
  maxRequests: number;
}

export interface LoadResult {
  requests: number;
  perSecond: number;
  p50: number;
  p99: number;
}

/** Behind the time of any answer that is an answer: the ingress says 503 after 1.5 s. */
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Sends signed webhooks over so many connections, on each the next as soon as the last one was answered. Times are in
 * milliseconds, from the call until the whole answer is there.
 *
 * @throws Error when the address is not on this machine, or when an answer is not 200: then the figures would be of something else
 */
export async function sendLoad(order: LoadOrder, webhooks: readonly SignedWebhook[]): Promise<LoadResult> {
  const { hostname, origin, pathname } = new URL(order.url);
  if (hostname !== '127.0.0.1') throw new Error(`load goes to 127.0.0.1 only, not to ${hostname}`);
  const times = new Float64Array(order.maxRequests);
  const clients = Array.from({ length: order.connections }, () => new Client(origin, { pipelining: 1 }));
  const began = performance.now();
  let sent = 0;
  let answered = 0;

  const send = async (client: Client): Promise<void> => {
    while (sent < order.maxRequests && performance.now() - began < order.forMs) {
      const webhook = webhooks[sent++ % webhooks.length] as SignedWebhook;
      const since = performance.now();
      await post(client, pathname, webhook);
      times[answered++] = performance.now() - since;
    }
  };
  try {
    await Promise.all(clients.map(send));
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
  const seconds = (performance.now() - began) / 1000;
  const measured = times.subarray(0, answered);
  return {
    requests: answered,
    perSecond: answered / seconds,
    p50: percentile(measured, 50),
    p99: percentile(measured, 99),
  };
}

async function post(client: Client, path: string, { body, signature }: SignedWebhook): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-genesys-cloud-signature': signature };
  const timeouts = { headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS };
  const answer = await client.request({ method: 'POST', path, headers, body, ...timeouts });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`a webhook was answered with ${answer.statusCode}`);
}
