import { createServer, request as httpRequest, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readBody, type BodyRead } from './body-reader.ts';
import { ByteBudget } from './byte-budget.ts';

const limits = { maxBytes: 1000, timeoutMs: 5_000 };
let server: Server;

/** What reading the body of one request gives, and what was charged for it. */
async function reading(
  send: (request: ClientRequest) => void,
  { headers = {}, budget = new ByteBudget(10_000), timeoutMs = limits.timeoutMs } = {},
): Promise<{ read: BodyRead; charged: number }> {
  let arrived!: (request: IncomingMessage) => void;
  const incoming = new Promise<IncomingMessage>((resolve) => (arrived = resolve));
  server = createServer((request, response) => {
    arrived(request);
    response.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const client = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers });
  client.on('error', () => undefined);
  send(client);
  const charge = { bytes: 0 };
  const read = await readBody(await incoming, { ...limits, timeoutMs }, budget, charge);
  return { read, charged: charge.bytes };
}

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('reading a webhook body', () => {
  it('gives the bytes as they came, in however many chunks', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80, 0x7b]);
    const { read, charged } = await reading((client) => {
      client.write(bytes);
      setImmediate(() => client.end(bytes));
    });
    expect(read).toEqual({ kind: 'read', body: Buffer.concat([bytes, bytes]) });
    expect(charged).toBe(8);
  });

  it('gives an empty body for a request without one', async () => {
    const { read } = await reading((client) => client.end());
    expect(read).toEqual({ kind: 'read', body: Buffer.alloc(0) });
  });

  it('accepts the limit to the byte', async () => {
    const { read } = await reading((client) => client.end(Buffer.alloc(1000)));
    expect(read.kind).toBe('read');
  });

  it('refuses a body announced as too large without reading any of it', async () => {
    const { read, charged } = await reading((client) => client.end(Buffer.alloc(1001)), {
      headers: { 'content-length': 1001 },
    });
    expect(read).toEqual({ kind: 'too-large' });
    expect(charged).toBe(0);
  });

  it('stops at the limit when the size was not announced', async () => {
    const { read, charged } = await reading(
      (client) => {
        for (let i = 0; i < 200; i++) client.write(Buffer.alloc(100));
        client.end();
      },
      { headers: { 'transfer-encoding': 'chunked' } },
    );
    expect(read).toEqual({ kind: 'too-large' });
    expect(charged).toBeLessThanOrEqual(1000);
  });

  it('refuses what does not fit into the byte budget of the process', async () => {
    const budget = new ByteBudget(500);
    budget.take(450);
    const { read, charged } = await reading((client) => client.end(Buffer.alloc(100)), { budget });
    expect(read).toEqual({ kind: 'overloaded' });
    expect(charged).toBe(0);
    expect(budget.inUse).toBe(450);
  });

  it('gives up on a body that does not arrive in time', async () => {
    const { read } = await reading((client) => client.write('a'), { timeoutMs: 30, headers: { 'content-length': 2 } });
    expect(read).toEqual({ kind: 'too-slow' });
  });

  it('notices when the sender hangs up in the middle', async () => {
    const { read } = await reading(
      (client) => {
        client.write('a', () => client.destroy());
      },
      { headers: { 'content-length': 2 } },
    );
    expect(read).toEqual({ kind: 'broken' });
  });
});
