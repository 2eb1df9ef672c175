import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationId, decodeEvent, messageId, TOPICS } from '@heliograph/contracts';
import {
  followTopic,
  randomNumber,
  testKafkaBrokers,
  testRedisUrl,
  uniqueNamespace,
  waitFor,
  type Following,
  type ReadRecord,
} from '@heliograph/testing';
import { startApi, type StartedApi } from '../../fixtures/started-api.ts';

const namespace = uniqueNamespace('api');

let api: StartedApi;
/** Every command on the topic, as an independent reader sees it. */
const commands: ReadRecord[] = [];
let reader: Following;

const message = (over: object = {}) => ({
  channel: 'whatsapp',
  sender: 'support',
  to: randomNumber(),
  text: 'hello',
  ...over,
});
const commandsOf = (id: string) => commands.filter(({ headers }) => headers.ce_id === id);

beforeAll(async () => {
  api = await startApi({ kafkaBrokers: testKafkaBrokers(), redisUrl: testRedisUrl(), namespace });
  reader = await followTopic({
    brokers: testKafkaBrokers(),
    topic: namespace + TOPICS.conversationCommand.name,
    group: `${namespace}reader`,
    onRecord: (record) => void commands.push(record),
  });
  await waitFor(async () => (await fetch(`${api.service.address}/health/ready`)).ok, {
    description: 'the API is ready',
  });
}, 60_000);

afterAll(async () => {
  await reader.close();
  await api.service.stop();
});

describe('a send', () => {
  it('is durable when it is answered with 202: a valid command keyed by its conversation', async () => {
    const body = message({ to: '+1 (555) 000-1234' });
    const { status, headers, json } = await api.post(body, { key: 'order-1' });
    const id = messageId('acme', 'order-1');
    const conversation = conversationId('acme', 'whatsapp', 'support', '15550001234');
    expect(status).toBe(202);
    expect(json).toEqual({ messageId: id, conversationId: conversation, status: 'queued' });
    expect(headers.get('location')).toBe(`/v1/messages/${id}`);
    await waitFor(() => commandsOf(id).length > 0, { description: 'the command' });
    const [{ key, value, headers: attributes }] = commandsOf(id) as [ReadRecord];
    const record = { key: Buffer.from(key!), value, headers: attributes };
    const decoded = decodeEvent(TOPICS.conversationCommand.name, record);
    expect(decoded).toMatchObject({
      ok: true,
      event: {
        id,
        type: 'message.send',
        subject: id,
        partitionKey: conversation,
        extensions: { tenant: 'acme' },
        data: {
          messageId: id,
          conversationId: conversation,
          tenant: 'acme',
          account: 'acme-genesys',
          channel: 'whatsapp',
          sender: 'support',
          contact: '15550001234',
          class: 'transactional',
          content: { type: 'text', text: 'hello' },
        },
      },
    });
  });

  it('carries template, class and expiry', async () => {
    const template = { name: 'order_update', language: 'en_US', parameters: ['1', 'tomorrow'] };
    const body = {
      ...message({ template, class: 'campaign', expiresAt: '2099-01-31T18:00:00+01:00' }),
      text: undefined,
    };
    const { json } = await api.post(body);
    await waitFor(() => commandsOf(json.messageId as string).length > 0, { description: 'the command' });
    expect(commandsOf(json.messageId as string)[0]!.json).toMatchObject({
      class: 'campaign',
      expiresAt: '2099-01-31T17:00:00.000Z',
      content: { type: 'template', ...template },
    });
  });

  it('carries your own name of the contact, whatever its characters, and the time zone', async () => {
    const given = { externalId: '003/Ω "x"', timeZone: 'America/New_York' };
    const { json } = await api.post(message(given));
    const found = () => commandsOf(json.messageId as string)[0];
    expect((await waitFor(found, { description: 'the command' })).json).toMatchObject(given);
    const wrong = await api.post(message({ timeZone: 'Berlin' }));
    expect([wrong.status, wrong.json.message]).toEqual([
      400,
      'timeZone must be the name of a time zone, for example Europe/Berlin',
    ]);
  });

  it('repeated with the same key gives the same id and the same command', async () => {
    const body = message();
    const first = await api.post(body, { key: 'repeat-1' });
    const again = await api.post({ ...body, class: 'transactional' }, { key: 'repeat-1' });
    expect([again.status, again.json]).toEqual([202, first.json]);
    const id = first.json.messageId as string;
    await waitFor(() => commandsOf(id).length >= 2, { description: 'both commands' });
    const [a, b] = commandsOf(id);
    expect(a!.value).toEqual(b!.value);
  });

  it('given many times at the same instant gives one id and one content', async () => {
    const body = message();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post(body, { key: 'at-once' })));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const id = answers[0]!.json.messageId as string;
    await waitFor(() => commandsOf(id).length >= 20, { description: 'all commands' });
    expect(new Set(commandsOf(id).map(({ value }) => value!.toString())).size).toBe(1);
  });

  it('with a key used before for another body is refused, naming the first use', async () => {
    const body = message();
    const first = await api.post(body, { key: 'reused' });
    for (const other of [{ text: 'other' }, { to: randomNumber() }, { sender: 'billing' }, { class: 'campaign' }]) {
      const { status, json } = await api.post({ ...body, ...other }, { key: 'reused' });
      expect(status).toBe(422);
      expect(json.details).toEqual([
        { field: 'Idempotency-Key', reason: expect.stringMatching(/^was first used at \d{4}-.* with another body/) },
      ]);
      expect(json.message).toContain(first.json.messageId);
    }
    expect(new Set(commandsOf(first.json.messageId as string).map(({ value }) => value!.toString())).size).toBe(1);
  });

  it('with the key of another tenant is another message', async () => {
    const body = message();
    const [ours, theirs] = [
      await api.post(body, { key: 'shared' }),
      await api.post(body, { key: 'shared', tenant: 'globex' }),
    ];
    expect([ours.status, theirs.status]).toEqual([202, 202]);
    expect(ours.json.messageId).not.toBe(theirs.json.messageId);
    expect(ours.json.conversationId).not.toBe(theirs.json.conversationId);
  });

  it('of two different bodies with one key at the same instant exactly one wins', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => api.post(message({ text: `variant ${n}` }), { key: 'race' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array(9).fill(422)]);
  });
});

describe('the status of a message', () => {
  it('is queued from the 202 on', async () => {
    const { json } = await api.post(message());
    const status = await api.call('GET', `/v1/messages/${json.messageId as string}`);
    expect(status.status).toBe(200);
    expect(status.json).toMatchObject({ ...json, at: expect.any(String) });
  });

  it('is hidden from other tenants, who get the same 404 as for a message that is not there', async () => {
    const { json } = await api.post(message());
    const foreign = await api.call('GET', `/v1/messages/${json.messageId as string}`, undefined, { tenant: 'globex' });
    const missing = await api.call('GET', `/v1/messages/${crypto.randomUUID()}`);
    expect([foreign.status, foreign.text]).toEqual([404, missing.text]);
  });

  it('of an id that is no UUID is a 400', async () => {
    const { status, json } = await api.call('GET', '/v1/messages/7');
    expect([status, json.details]).toEqual([400, [{ field: 'id', reason: 'is not a UUID' }]]);
  });
});
