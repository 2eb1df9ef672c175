import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { conversationBody, credentials, CUSTOMER, startSimulator, textMessage } from '../testing/running.ts';
import type { Running } from '../testing/running.ts';

const SEND = { path: '/api/v2/conversations/messaging/*/messages' };

let simulator: Running;
let conversationId: string;

beforeEach(async () => {
  simulator = await startSimulator();
  conversationId = await simulator.customerWrites();
});
afterEach(() => simulator.close());

const accepted = () => simulator.lines('/requests?messages=true');

describe('a fault without effect', () => {
  it('answers the given status and Retry-After, as often as asked, and nothing is sent', async () => {
    await simulator.fault({ kind: 'status', status: 503, retryAfterS: 7, count: 2, match: SEND });
    const replies = [await simulator.send(conversationId), await simulator.send(conversationId)];
    for (const { status, headers } of replies) expect([status, headers['retry-after']]).toEqual([503, '7']);
    expect(await accepted()).toHaveLength(0);
    expect((await simulator.send(conversationId)).status).toBe(201);
  });

  it('throttles with and without Retry-After, and is told from the limiter in the evidence', async () => {
    await simulator.fault({ kind: 'throttle', retryAfterS: 3, count: 1 });
    await simulator.fault({ kind: 'throttle', count: 1 });
    const [named, unnamed] = [await simulator.send(conversationId), await simulator.send(conversationId)];
    expect([named.status, named.headers['retry-after']]).toEqual([429, '3']);
    expect([unnamed.status, unnamed.headers['retry-after']]).toEqual([429, undefined]);
    const records = await simulator.lines('/requests?status=429');
    expect(records).toHaveLength(2);
    for (const record of records) expect(record).toMatchObject({ limited: false, fault: 'throttle', accepted: false });
  });

  it('resets the connection before anything is done', async () => {
    await simulator.fault({ kind: 'reset-before', count: 1 });
    await expect(simulator.send(conversationId)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|SOCKET/),
    });
    expect(await accepted()).toHaveLength(0);
    expect(await simulator.lines('/requests?accepted=false')).toMatchObject([{ fault: 'reset-before', status: 0 }]);
  });

  it('stalls, then works when the client has waited', async () => {
    await simulator.fault({ kind: 'stall', delayMs: 80, count: 1 });
    const begun = performance.now();
    expect((await simulator.send(conversationId)).status).toBe(201);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(75);
  });

  it('stalls, and does nothing when the client has gone meanwhile', async () => {
    await simulator.fault({ kind: 'stall', delayMs: 1000, count: 1 });
    const impatient = new AbortController();
    const headers = { authorization: `Bearer ${simulator.token}`, 'content-type': 'application/json' };
    const url = `${simulator.address}/api/v2/conversations/messaging/${conversationId}/messages`;
    const body = JSON.stringify(textMessage());
    const send = fetch(url, { method: 'POST', headers, body, signal: impatient.signal });
    const ended = expect(send).rejects.toThrow();
    await simulator.control('GET', '/wait?requests=2');
    impatient.abort();
    await ended;
    const gone = () => simulator.simulator.world.requests.counters('acme').byStatus[499] === 1;
    expect(await simulator.simulator.world.waiters.until(gone, 5000)).toBe(true);
    expect(await accepted()).toHaveLength(0);
  });
});

describe('a fault after the effect', () => {
  it('drops the answer of a message that was accepted', async () => {
    await simulator.fault({ kind: 'drop-after-accept', delayMs: 30, count: 1 });
    await expect(simulator.send(conversationId)).rejects.toThrow();
    expect(await accepted()).toMatchObject([{ fault: 'drop-after-accept', accepted: true, status: 201 }]);
  });

  it('resets the connection of a message that was accepted', async () => {
    await simulator.fault({ kind: 'reset-after', count: 1 });
    await expect(simulator.send(conversationId)).rejects.toThrow();
    expect(await accepted()).toMatchObject([{ fault: 'reset-after', accepted: true }]);
  });

  it('answers late while the effect is at once', async () => {
    await simulator.fault({ kind: 'stall', phase: 'after', delayMs: 10_000, match: { textIncludes: 'slow' } });
    const slow = simulator.send(conversationId, textMessage('slow'));
    slow.catch(() => undefined);
    await simulator.control('GET', '/wait?messages=1&timeoutMs=5000');
    await simulator.send(conversationId, textMessage('quick'));
    const { accounts } = await simulator.control('GET', '/summary');
    const texts = accounts.acme?.conversations[conversationId]?.map(({ text }) => text);
    expect(texts).toEqual(['slow', 'quick']);
    await simulator.control('POST', '/reset');
    await expect(slow).rejects.toThrow();
  });

  it('leaves requests alone that the contract refuses', async () => {
    await simulator.fault({ kind: 'reset-after', count: 1 });
    expect((await simulator.send(conversationId, { ...textMessage(), wrong: 1 })).status).toBe(400);
    const { faults } = await simulator.control('GET', '/accounts/acme/faults');
    expect(faults[0]?.hits).toBe(0);
  });
});

describe('a fault', () => {
  it('hits only what it names: path, conversation, text', async () => {
    const other = await simulator.customerWrites('Hi', '+15550004321');
    const toOther = (text: string) => simulator.send(other, textMessage(text, '+15550004321'));
    await simulator.fault({ kind: 'status', status: 500, match: { conversationId: other, textIncludes: 'poison' } });
    await simulator.fault({ kind: 'status', status: 502, match: { path: '/api/v2/conversations/messaging' } });
    expect((await toOther('poison pill')).status).toBe(500);
    expect((await toOther('water')).status).toBe(201);
    expect((await simulator.send(conversationId, textMessage('poison pill', CUSTOMER))).status).toBe(201);
    expect((await simulator.api('POST', '/api/v2/conversations/messaging', conversationBody())).status).toBe(502);
  });

  it('reaches token requests as well', async () => {
    await simulator.fault({ kind: 'status', status: 503, match: { path: '*/token' } });
    expect((await simulator.form(credentials())).status).toBe(503);
  });

  it('hits about the asked share of requests, the same ones for the same seed', async () => {
    const run = async () => {
      await simulator.control('POST', '/reset');
      await simulator.logIn();
      await simulator.fault({ kind: 'status', probability: 0.3 });
      const statuses: number[] = [];
      for (let count = 0; count < 200; count++) {
        statuses.push((await simulator.api('GET', '/api/v2/messaging/providers')).status);
      }
      return statuses;
    };
    const first = await run();
    const hits = first.filter((status) => status === 500).length;
    expect(hits).toBeGreaterThan(30);
    expect(hits).toBeLessThan(90);
    expect(await run()).toEqual(first);
  });

  it('can be listed, removed and cleared, and is refused when a field is wrong', async () => {
    const { id } = await simulator.fault({ kind: 'throttle' });
    await simulator.fault({ kind: 'status' });
    await simulator.control('DELETE', `/accounts/acme/faults/${id}`);
    const { faults } = await simulator.control('GET', '/accounts/acme/faults');
    expect(faults).toMatchObject([{ kind: 'status', hits: 0 }]);
    await simulator.control('DELETE', '/accounts/acme/faults');
    expect((await simulator.send(conversationId)).status).toBe(201);
    const wrong = { kind: 'status', match: { url: 'x' } };
    await expect(simulator.fault(wrong)).rejects.toThrow('match.url: is not a known field');
    await expect(simulator.fault({ kind: 'status' }, 'nobody')).rejects.toThrow('404');
  });
});
