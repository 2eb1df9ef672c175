import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addressHash } from '../exchange/digest.ts';
import { CUSTOMER, SENDER, startSimulator, templateMessage, textMessage, type Running } from '../testing/running.ts';

let simulator: Running;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

describe('the evidence', () => {
  it('holds every request in order of arrival with what was sent, also those that were refused', async () => {
    const begun = performance.timeOrigin + performance.now();
    const conversationId = await simulator.customerWrites();
    await simulator.send(conversationId, textMessage('one'));
    await simulator.send(conversationId, { ...textMessage('two'), wrong: true });
    await simulator.send(conversationId, templateMessage());
    await simulator.api('GET', '/api/v2/messaging/providers', undefined, 'made-up');
    const records = await simulator.lines('/requests');
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    const path = `/api/v2/conversations/messaging/${conversationId}/messages`;
    const toHash = addressHash(`whatsapp:${CUSTOMER}`);
    expect(records[1]).toMatchObject({ account: 'acme', method: 'POST', path, status: 201, accepted: true });
    expect(records[1]).toMatchObject({ conversationId, messageId: expect.any(String), toHash, text: 'one' });
    expect(records[2]).toMatchObject({ status: 400, accepted: false, text: 'two' });
    expect(records[3]).toMatchObject({ status: 201, template: 'order_confirmation', text: 'ORD-1' });
    expect(records[4]).toMatchObject({ account: '', status: 401 });
    const times = records.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[1]).toBeGreaterThan(begun);
  });

  it('is filtered by what is asked, and adds up per account', async () => {
    const conversationId = await simulator.customerWrites();
    const sent = [];
    for (const text of ['a', 'b', 'c']) sent.push((await simulator.send(conversationId, textMessage(text))).body.id);
    await simulator.send('elsewhere');
    expect(await simulator.lines('/requests?status=404')).toMatchObject([{ conversationId: 'elsewhere' }]);
    expect(await simulator.lines('/requests?messages=true&after=2')).toMatchObject([{ text: 'b' }, { text: 'c' }]);
    expect(await simulator.lines('/requests?account=nobody')).toEqual([]);
    const { accounts, dropped } = await simulator.control('GET', '/summary?periodMs=60000');
    expect(dropped).toBe(0);
    expect(accounts.acme).toMatchObject({ requests: 5, messages: 3, throttled: 0, maxInWindow: 5 });
    const listed = accounts.acme?.conversations[conversationId];
    expect(listed?.map((one) => one.messageId)).toEqual(sent);
  });

  it('streams more than fits in one write', async () => {
    for (let count = 0; count < 500; count++) await simulator.api('GET', '/api/v2/messaging/providers');
    const records = await simulator.lines('/requests');
    expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: 501 }, (_, index) => index + 1));
  });

  it('is bounded, and says what it lost', async () => {
    const small = await startSimulator({ settings: { evidenceCapacity: 3 } });
    for (let count = 0; count < 5; count++) await small.api('GET', '/api/v2/messaging/providers');
    expect((await small.lines('/requests')).map(({ seq }) => seq)).toEqual([4, 5, 6]);
    expect(await small.control('GET', '/summary')).toMatchObject({ dropped: 3, accounts: { acme: { requests: 6 } } });
    await small.close();
  });
});

describe('control', () => {
  it('waits until what is asked is reached, and names what is missing when time runs out', async () => {
    const conversationId = await simulator.customerWrites();
    const waiting = simulator.control('GET', '/wait?messages=2&account=acme');
    await simulator.send(conversationId);
    await simulator.send(conversationId);
    expect(await waiting).toMatchObject({ reached: true, accounts: { acme: { requests: { messages: 2 } } } });
    await expect(simulator.control('GET', '/wait?messages=3&requests=1&timeoutMs=20')).rejects.toThrow(
      '20 ms: messages',
    );
  });

  it('starts over on reset: settings as given, nothing has happened, old tokens are unknown', async () => {
    await simulator.control('PATCH', '/accounts/acme/settings', { latencyMs: 1, scopes: [] });
    await simulator.control('PUT', '/clock', { offsetMs: 300_000 });
    await simulator.fault({ kind: 'throttle' });
    await simulator.customerWrites();
    await simulator.control('POST', '/reset');
    expect(await simulator.lines('/requests')).toEqual([]);
    expect(await simulator.control('GET', '/state')).toMatchObject({
      clockOffsetMs: 0,
      accounts: { acme: { conversations: 0 } },
    });
    expect((await simulator.api('GET', '/api/v2/messaging/providers')).status).toBe(401);
    await simulator.logIn();
    expect((await simulator.api('GET', '/api/v2/messaging/providers')).status).toBe(200);
  });

  it('lets the clock be wrong: the Date of answers and the timestamps of events follow it', async () => {
    await simulator.control('PUT', '/clock', { offsetMs: -300_000 });
    const { headers } = await simulator.api('GET', '/api/v2/messaging/providers');
    const late = Date.now() - Date.parse(String(headers['date']));
    expect(late).toBeGreaterThan(298_000);
    expect(late).toBeLessThan(310_000);
  });

  it('shows settings without secrets', async () => {
    const shown = JSON.stringify(await simulator.control('PUT', '/accounts/acme/webhooks', { repeat: 2 }));
    expect(shown).toContain('"repeat":2');
    expect(shown).not.toContain('-secret');
  });

  it.each([
    ['POST', '/accounts/acme/customer-messages', { from: 'x', to: SENDER, text: 'x' }, 400],
    ['POST', '/accounts/acme/customer-messages', { from: CUSTOMER, to: '+15550000000', text: 'x' }, 400],
    ['POST', '/accounts/acme/customer-messages', { from: `sms:${CUSTOMER}`, to: SENDER, text: 'x' }, 400],
    ['POST', '/accounts/acme/conversations/none/close', undefined, 404],
    ['PUT', '/accounts/acme/webhooks', { repeats: 2 }, 400],
    ['PUT', '/accounts/acme/webhooks', [], 400],
    ['PATCH', '/accounts/acme/settings', { limits: { tenant: { requests: 0, periodMs: 1 } } }, 400],
    ['PATCH', '/accounts/none/settings', {}, 404],
    ['GET', '/requests?stauts=200', undefined, 400],
    ['GET', '/wait?acknowledged=many', undefined, 400],
  ])('is strict: %s %s with %j is answered %i', async (method, path, body, status) => {
    expect((await simulator.api(method, `/control${path}`, body, '')).status).toBe(status);
  });
});

describe('the page', () => {
  it('shows conversations, requests and faults, and escapes everything', async () => {
    const conversationId = await simulator.customerWrites('<script>alert("x")</script>');
    await simulator.send(conversationId, textMessage("it's <b>bold</b>"));
    await simulator.fault({ kind: 'throttle', match: { textIncludes: '<i>' } });
    const { body, headers } = await simulator.raw('GET', '/', null, {});
    const page = body.text;
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    expect(page).toContain('it&#39;s &lt;b&gt;bold&lt;/b&gt;');
    expect(page).toContain('&lt;i&gt;');
    expect(page).not.toMatch(/<script|<b>|<i>|acme-secret|webhook-secret/);
  });
});
