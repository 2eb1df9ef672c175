import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factId, TOPICS } from '@heliograph/contracts';
import type { RunningService } from '@heliograph/runtime';
import {
  followTopic,
  guideMessage,
  guideReceipt,
  guideSignature,
  readAll,
  testKafkaBrokers,
  uniqueNamespace,
  waitFor,
  type Following,
  type GuideEvent,
  type ReadRecord,
} from '@heliograph/testing';
import { SECRETS, startedIngress } from '../../fixtures/started-ingress.ts';

const namespace = uniqueNamespace('ingress');
const MIB = 1_048_576;

const topic = namespace + TOPICS.webhookReceived.name;

let service: RunningService;
/** Everything on the topic, as an independent reader sees it. */
const stored: ReadRecord[] = [];
let reader: Following;

const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const url = (account = 'one', profile = 'genesys-guide') => `${service.address}/webhooks/${profile}/${account}`;

interface Sending {
  readonly account?: string;
  readonly profile?: string;
  readonly secret?: string;
  readonly signature?: string | null;
  readonly headers?: Record<string, string>;
}

async function send(body: Buffer, { account, profile, secret = SECRETS[0], signature, headers = {} }: Sending = {}) {
  const signed = signature === undefined ? guideSignature(secret, body) : signature;
  const response = await fetch(url(account, profile), {
    method: 'POST',
    body: new Uint8Array(body),
    headers: {
      'content-type': 'application/json',
      ...(signed !== null && { 'x-genesys-cloud-signature': signed }),
      ...headers,
    },
  });
  return { status: response.status, body: await response.text(), headers: response.headers };
}

/** The records of these events, once there are `count` of them. */
async function storedOf(events: readonly GuideEvent[], count = events.length): Promise<ReadRecord[]> {
  const ids = new Set(events.map(({ id }) => id));
  const find = () => stored.filter(({ headers }) => ids.has(headers.ce_eventid ?? ''));
  await waitFor(() => find().length >= count, { description: `${count} records` });
  return find();
}

beforeAll(async () => {
  const kafkaBrokers = testKafkaBrokers();
  service = await startedIngress({ kafkaBrokers, namespace, maxInFlightBytes: 4 * MIB, bodyTimeoutMs: 2_000 });
  const onRecord = (record: ReadRecord): void => void stored.push(record);
  reader = await followTopic({ brokers: kafkaBrokers, topic, group: `${namespace}reader`, onRecord });
}, 60_000);

afterAll(async () => {
  await reader.close();
  await service.stop();
});

describe('a signed webhook', () => {
  it('is durable when it is answered: one record per event with the bytes as they came', async () => {
    const event = guideMessage();
    const body = Buffer.from(` ${JSON.stringify(event, null, 2)}\n`);
    expect(await send(body)).toMatchObject({ status: 200, body: '{"status":"accepted"}' });
    const [record, ...others] = await storedOf([event]);
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      key: event.conversation.id,
      headers: {
        ce_id: factId(`one/${event.id}`),
        ce_type: 'webhook.received',
        ce_source: '/heliograph/ingress-webhooks',
        ce_tenant: 'acme',
        ce_account: 'one',
        ce_profile: 'genesys-guide',
        ce_eventid: event.id,
        traceparent: expect.stringMatching(/^00-/),
      },
    });
    expect(record!.value!.toString().trim()).toBe(JSON.stringify(event, null, 2));
  });

  it('passes on the trace context of the request', async () => {
    const event = guideMessage();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await send(text(event), { headers: { traceparent } });
    expect((await storedOf([event]))[0]!.headers.traceparent).toBe(traceparent);
  });

  it('is split into its events, each keyed by its conversation, in the order of the batch', async () => {
    const conversations = Array.from({ length: 20 }, () => crypto.randomUUID());
    const events = Array.from({ length: 1000 }, (_, n) => guideMessage({ conversationId: conversations[n % 20]! }));
    expect((await send(text(events))).status).toBe(200);
    const records = await storedOf(events);
    expect(records).toHaveLength(1000);
    for (const conversation of conversations) {
      const sent = events.filter((event) => event.conversation.id === conversation).map(({ id }) => id);
      const got = records.filter(({ key }) => key === conversation).map(({ headers }) => headers.ce_eventid);
      expect(got).toEqual(sent);
    }
  });

  it('gets the same record id each time it is repeated, and another one on another account', async () => {
    const event = guideMessage();
    await send(text(event));
    await send(text(event));
    await send(text(event), { account: 'two' });
    const ids = (await storedOf([event], 3)).map(({ headers }) => headers.ce_id);
    expect(ids.sort()).toEqual(
      [factId(`one/${event.id}`), factId(`one/${event.id}`), factId(`two/${event.id}`)].sort(),
    );
  });

  it('is accepted under each of two active secrets, in hex and base64, with and without prefix', async () => {
    const body = text(guideMessage());
    const signatures = SECRETS.flatMap((secret) => [
      guideSignature(secret, body),
      guideSignature(secret, body, 'base64'),
      `sha256=${guideSignature(secret, body).toUpperCase()}`,
    ]);
    for (const signature of signatures) expect((await send(body, { account: 'two', signature })).status).toBe(200);
  });

  it('is accepted whatever its event type: what it means is the business of the router', async () => {
    const events = [
      { ...guideMessage(), type: 'something:new' },
      guideReceipt('message-1', 'read', crypto.randomUUID()),
      { ...guideMessage(), timestamp: 7 } as unknown as GuideEvent,
    ];
    for (const event of events) expect((await send(text(event))).status).toBe(200);
    expect(await storedOf(events)).toHaveLength(events.length);
  });

  it('is stored also when an event lacks its id: such events get one made of their bytes', async () => {
    const body = text({ type: 'message', marker: namespace });
    expect((await send(body)).status).toBe(200);
    expect((await send(body)).status).toBe(200);
    const find = () => stored.filter(({ value }) => value?.includes(namespace));
    await waitFor(() => find().length === 2, { description: 'both records' });
    const records = find();
    expect(new Set(records.map(({ headers }) => headers.ce_id)).size).toBe(1);
    expect(records[0]!.headers).not.toHaveProperty('ce_eventid');
  });
});

describe('the metrics', () => {
  it('count requests by profile and result, events and bytes, and hold nothing of a body or a path', async () => {
    await send(text(guideMessage()));
    await send(text(guideMessage()), { signature: null });
    await send(text(guideMessage()), { profile: 'made-up-profile' });
    const page = await (await fetch(`${service.address}/metrics`)).text();
    for (const [name, labels] of [
      ['requests_total', 'profile="genesys-guide",result="accepted"'],
      ['requests_total', 'profile="genesys-guide",result="unauthorized"'],
      ['requests_total', 'profile="unknown",result="unknown-profile"'],
      ['events_total', 'profile="genesys-guide"'],
      ['received_bytes_total', 'profile="genesys-guide"'],
      ['request_seconds_count', 'profile="genesys-guide"'],
    ]) {
      expect(page).toMatch(new RegExp(`^heliograph_ingress_${name}\\{${labels}\\} [1-9]`, 'm'));
    }
    expect(page).toMatch(/^heliograph_ingress_in_flight_bytes 0$/m);
    expect(page).not.toMatch(/made-up-profile|1555000/);
  });
});

describe('bad input', () => {
  const event = text(guideMessage());
  const nested = Buffer.from('{"id":"a","x":' + '['.repeat(20_000) + ']'.repeat(20_000) + '}');
  const oversized = text({ ...guideMessage(), filler: 'x'.repeat(950_000) });
  const big = Buffer.alloc(2 * MIB, 0x20);
  const withLatin1 = Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xe9, 0xff]), Buffer.from('"}')]);

  it.each<[string, Buffer, Sending, number, string]>([
    ['unsigned', event, { signature: null }, 401, 'not signed'],
    ['an empty signature', event, { signature: '' }, 401, 'not signed'],
    ['a signature of other bytes', event, { signature: guideSignature(SECRETS[0], 'x') }, 401, 'not signed'],
    ['a signature by another secret', event, { secret: SECRETS[1] }, 401, 'not signed'],
    ['a signature that is no hash', event, { signature: 'sha256=zz' }, 401, 'not signed'],
    ['an unknown account', event, { account: 'nobody' }, 401, 'not signed'],
    ['an unknown account with a path in its name', event, { account: '..%2Fone' }, 401, 'not signed'],
    ['an unknown profile', event, { profile: 'nothing' }, 404, 'no such path'],
    ['unsigned and truncated', event.subarray(0, 20), { signature: null }, 401, 'not signed'],
    ['truncated JSON', event.subarray(0, 20), {}, 400, 'is not JSON'],
    ['an empty body', Buffer.alloc(0), {}, 400, 'is empty'],
    ['text that is not JSON', Buffer.from('hello'), {}, 400, 'is not JSON'],
    ['bytes that are not UTF-8', withLatin1, {}, 400, 'not valid UTF-8'],
    ['twenty thousand levels', nested, {}, 400, 'nested deeper'],
    ['2 MB', big, {}, 413, 'larger than'],
    ['2 MB, unsigned', big, { signature: null }, 413, 'larger than'],
    ['an event too large for a record', oversized, {}, 413, 'more than can be stored'],
    ['another content type', event, { headers: { 'content-type': 'text/plain' } }, 415, 'must be JSON'],
    ['a form', event, { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'must be JSON'],
  ])('%s is refused with the right status, and the service goes on', async (_, body, sending, status, reason) => {
    const answer = await send(body, sending);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ statusCode: status, message: expect.stringContaining(reason) });
    const next = guideMessage();
    expect((await send(text(next))).status).toBe(200);
    expect(await storedOf([next])).toHaveLength(1);
  });

  it('leaves nothing on the topic', async () => {
    const values = (await readAll(testKafkaBrokers(), topic)).map(({ value }) => value!.toString());
    expect(values.length).toBeGreaterThan(1000);
    expect(values.filter((value) => value === event.toString() || value.includes('filler') || !value.includes('"type"'))).toEqual([]);
  });

  it('an unsigned caller cannot tell a known account from an unknown one', async () => {
    const unsigned = [
      await send(event, { signature: null }),
      await send(event, { signature: null, account: 'nobody' }),
      await send(event, { secret: 'wrong' }),
      await send(event, { secret: 'wrong', account: 'nobody' }),
    ];
    expect(new Set(unsigned.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    const names = unsigned.map(({ headers }) => [...headers.keys()].sort().join());
    expect(new Set(names).size).toBe(1);
  });

  it('a signed body that cannot be read is explained by field and reason, without quoting it', async () => {
    const answer = await send(Buffer.from('{"id": "secret-text", nonsense}'));
    expect(JSON.parse(answer.body)).toMatchObject({ details: [{ field: 'body', reason: expect.any(String) }] });
    expect(answer.body).not.toContain('secret-text');
    expect(answer.body).not.toContain('nonsense');
  });

  it('other methods are answered with 405, and GET says that the address answers', async () => {
    const put = await fetch(url(), { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    for (const account of ['one', 'nobody']) {
      const get = await fetch(url(account));
      expect([get.status, await get.text()]).toEqual([200, '{"status":"ok"}']);
    }
    expect((await fetch(url(), { method: 'HEAD' })).status).toBe(200);
  });
});
