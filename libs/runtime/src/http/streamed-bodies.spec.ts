import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createAdapter } from './fastify.ts';
import { STREAMED } from './streamed-bodies.ts';

const SOON_MS = 100;
const LONG_MS = 60_000;

let fastify: FastifyInstance;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await fastify.close();
});

async function listening(receiveWithinMs: number, restWithinMs = LONG_MS): Promise<number> {
  fastify = createAdapter({ bodyLimitBytes: 1_024, streams: { receiveWithinMs, restWithinMs } }).getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  fastify.addContentTypeParser('text/csv', (_request, _body, done) => done(null));
  fastify.post('/read', (request, reply) => reply.send(request.body));
  fastify.post('/stream', { config: { [STREAMED]: true } }, async (request, reply) => {
    let text = '';
    for await (const piece of request.raw) text += String(piece);
    return reply.send(text);
  });
  fastify.post('/answer-first', { config: { [STREAMED]: true } }, (_request, reply) => reply.send('no more, please'));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  return (fastify.server.address() as AddressInfo).port;
}

/** Sends the beginning of a request, and collects what comes back. */
function began(port: number, path: string, type: string): { socket: Socket; answer: () => string } {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let answer = '';
  socket.on('data', (bytes) => (answer += bytes.toString()));
  socket.on('error', () => undefined);
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: 6\r\n\r\nabc`);
  return { socket, answer: () => answer };
}

describe('a body that does not come', () => {
  it('is cut off after its time', async () => {
    const port = await listening(SOON_MS);
    const { socket, answer } = began(port, '/read', 'text/plain');
    await once(socket, 'close');
    expect(answer()).not.toContain('200 OK');
  });

  it('may take any time where a route reads it as a stream', async () => {
    const port = await listening(SOON_MS);
    const late = began(port, '/stream', 'text/csv');
    // Whoever is cut off tells when the time of both is over.
    await once(began(port, '/read', 'text/plain').socket, 'close');
    late.socket.write('def');
    await once(late.socket, 'data');
    expect(late.answer()).toMatch(/200 OK[^]*abcdef$/);
  });

  it('is cut off after the answer that came before its end', async () => {
    const port = await listening(LONG_MS, SOON_MS);
    const { socket, answer } = began(port, '/answer-first', 'text/csv');
    await once(socket, 'close');
    expect(answer()).toContain('no more, please');
  });
});
