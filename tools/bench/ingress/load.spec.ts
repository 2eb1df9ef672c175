import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sendLoad, type LoadOrder } from './load.ts';
import { signedWebhooks } from './signed-webhooks.ts';

const SECRET = 'secret';
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** Answers by what it makes of signature and body, and remembers how many requests there were at once. */
async function receiver(status = 200): Promise<{ url: string; most: () => number; signed: () => boolean[] }> {
  const signed: boolean[] = [];
  let now = 0;
  let most = 0;
  const server = createServer((request, answer) => {
    most = Math.max(most, ++now);
    void buffer(request).then((body) => {
      const expected = createHmac('sha256', SECRET).update(body).digest('hex');
      signed.push(request.headers['x-genesys-cloud-signature'] === expected);
      now--;
      answer.writeHead(status).end('{}');
    });
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/webhooks`, most: () => most, signed: () => signed };
}

const order = (url: string, over: Partial<LoadOrder> = {}): LoadOrder => ({
  url,
  secret: SECRET,
  connections: 4,
  forMs: 5_000,
  maxRequests: 200,
  ...over,
});

describe('the load', () => {
  const webhooks = signedWebhooks(20, SECRET);

  it('is so many signed webhooks and no more, never more at once than there are connections', async () => {
    const { url, most, signed } = await receiver();
    const result = await sendLoad(order(url), webhooks);
    expect(result.requests).toBe(200);
    expect(signed()).toEqual(Array.from({ length: 200 }, () => true));
    expect(most()).toBeLessThanOrEqual(4);
    expect(result.p50).toBeLessThanOrEqual(result.p99);
  });

  it('ends when its time is over', async () => {
    const { url } = await receiver();
    const { requests } = await sendLoad(order(url, { forMs: 100, maxRequests: 1_000_000 }), webhooks);
    expect(requests).toBeLessThan(1_000_000);
  });

  it('is no measurement when a webhook is not accepted', async () => {
    const { url } = await receiver(503);
    await expect(sendLoad(order(url), webhooks)).rejects.toThrow('503');
  });

  it('goes nowhere but to this machine', async () => {
    await expect(sendLoad(order('http://example.com/'), webhooks)).rejects.toThrow('127.0.0.1 only');
  });
});
