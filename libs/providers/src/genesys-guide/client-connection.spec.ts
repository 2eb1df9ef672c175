import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import {
  clientOf,
  goodSend,
  listen,
  provider,
  ready,
  soon,
  toSend,
  waitForOne,
  type Answer,
  type Seen,
} from '../../test/provider-stand-in.ts';

describe('when the connection fails', () => {
  it('a refused connection is certainly not sent', async () => {
    const { base } = await provider(goodSend);
    const client = clientOf('http://127.0.0.1:1', {}, base);
    await client.prepare();
    expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'not-sent', code: 'connection-refused' });
  });

  it('a host that does not exist is certainly not sent', async () => {
    const { base } = await provider(goodSend);
    const client = clientOf('http://provider.invalid', {}, base);
    await client.prepare();
    const result = await client.sendMessage(toSend, soon());
    expect(result).toMatchObject({ outcome: 'not-sent', code: expect.stringMatching(/^(dns|send-by-passed)$/) });
  });

  it('a reset before the first byte is certainly not sent', async () => {
    const { base } = await provider(goodSend);
    const tls = await listen(createServer((socket) => socket.resetAndDestroy()));
    const client = clientOf(`https://${tls}`, {}, base);
    await client.prepare();
    expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'not-sent', code: 'not-connected' });
  });

  it.each<[string, Answer]>([
    ['a reset after the request', (response) => response.socket?.resetAndDestroy()],
    ['a close after the request', (response) => response.socket?.end()],
    [
      'a cut success',
      (response) =>
        void response
          .writeHead(200, { 'content-length': 100 })
          .write('{"id":"m', () => response.socket?.resetAndDestroy()),
    ],
  ])('%s is unknown', async (_title, answer) => {
    const { client, calls } = await ready(answer);
    expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'unknown' });
    expect(calls).toHaveLength(1);
  });

  it('a cut refusal is still a refusal', async () => {
    const { client } = await ready(
      (response) =>
        void response
          .writeHead(404, { 'content-length': 100 })
          .write('{"mess', () => response.socket?.resetAndDestroy()),
    );
    expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'refused', code: 'not-found' });
  });

  it('no answer in time is unknown, and the next call has a connection of its own', async () => {
    let first = true;
    const { client, calls } = await ready((response, seen) => {
      if (!first) goodSend(response, seen);
      first = false;
    });
    const result = await client.sendMessage(toSend, soon({ timeoutMs: 80 }));
    expect(result).toEqual({ outcome: 'unknown', reason: 'no complete answer within 80 ms' });
    expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'ok' });
    expect(calls).toHaveLength(2);
  });

  it('an answer that trickles without end is unknown when its time is over', async () => {
    let trickle: NodeJS.Timeout | undefined;
    const { client } = await ready((response) => {
      response.writeHead(200);
      trickle = setInterval(() => response.write(' '), 5);
    });
    const result = await client.sendMessage(toSend, soon({ timeoutMs: 60 }));
    clearInterval(trickle);
    expect(result).toMatchObject({ outcome: 'unknown' });
  });
});

describe('the send-by moment', () => {
  it('that has passed already sends nothing', async () => {
    const { client, calls } = await ready(goodSend);
    const result = await client.sendMessage(toSend, soon({ sendBy: performance.now() }));
    expect(result).toMatchObject({ outcome: 'not-sent', code: 'send-by-passed' });
    expect(calls).toHaveLength(0);
  });

  it('that passes while every connection is busy sends nothing, then or later', async () => {
    const held: ServerResponse[] = [];
    const { client, calls } = await ready((response) => void held.push(response), { connections: 2 });
    const busy = [client.sendMessage(toSend, soon()), client.sendMessage(toSend, soon())];
    const late = client.sendMessage(toSend, soon({ sendBy: performance.now() + 60 }));
    expect(await late).toMatchObject({ outcome: 'not-sent', code: 'send-by-passed' });
    expect(held).toHaveLength(2);
    for (const response of held.splice(0)) goodSend(response, {} as Seen);
    expect(await Promise.all(busy)).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }]);
    const next = client.sendMessage(toSend, soon());
    for (const response of await waitForOne(held)) goodSend(response, {} as Seen);
    expect(await next).toMatchObject({ outcome: 'ok' });
    expect(calls).toHaveLength(3);
  });

  it('that passes while the process is frozen sends nothing', async () => {
    const { client, calls } = await ready(goodSend);
    await client.sendMessage(toSend, soon());
    const sendBy = performance.now() + 5;
    const frozen = client.sendMessage(toSend, soon({ sendBy }));
    while (performance.now() < sendBy + 20);
    expect(await frozen).toMatchObject({ outcome: 'not-sent', code: 'send-by-passed' });
    expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'ok' });
    expect(calls).toHaveLength(2);
  });

  it('may be as far away as one likes', async () => {
    const held: ServerResponse[] = [];
    const { client } = await ready((response) => void held.push(response), { connections: 1 });
    const busy = client.sendMessage(toSend, soon());
    const patient = [Infinity, 2 ** 40].map((sendBy) => client.sendMessage(toSend, soon({ sendBy })));
    // A timer that took such a number for 1 ms would have ended both before this one.
    expect(await client.sendMessage(toSend, soon({ sendBy: performance.now() + 20 }))).toMatchObject({
      outcome: 'not-sent',
    });
    for (const result of [busy, ...patient]) {
      for (const response of (await waitForOne(held)).splice(0)) goodSend(response, {} as Seen);
      expect(await result).toMatchObject({ outcome: 'ok' });
    }
  });
});

describe('a call that is aborted', () => {
  it('before it began sends nothing', async () => {
    const { client, calls } = await ready(goodSend);
    const result = await client.sendMessage(toSend, soon({ signal: AbortSignal.abort() }));
    expect(result).toMatchObject({ outcome: 'not-sent', code: 'aborted' });
    expect(calls).toHaveLength(0);
  });

  it('while it waits for a connection sends nothing, after its first byte it is unknown', async () => {
    const abort = new AbortController();
    const { client, calls } = await ready(() => undefined, { connections: 1 });
    const begun = client.sendMessage(toSend, soon({ signal: abort.signal }));
    const waiting = client.sendMessage(toSend, soon({ signal: abort.signal }));
    await waitForOne(calls);
    abort.abort();
    expect(await begun).toMatchObject({ outcome: 'unknown' });
    expect(await waiting).toMatchObject({ outcome: 'not-sent', code: 'aborted' });
    expect(calls).toHaveLength(1);
  });

  it('after the client was closed sends nothing; calls under way end first', async () => {
    const held: ServerResponse[] = [];
    const { client } = await ready((response) => void held.push(response));
    const begun = client.sendMessage(toSend, soon());
    await waitForOne(held);
    const closed = client.close();
    expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'not-sent', code: 'closed' });
    for (const response of held) goodSend(response, {} as Seen);
    expect(await begun).toMatchObject({ outcome: 'ok' });
    await closed;
  });
});
