import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '@heliograph/contracts';
import { randomNumber, readAll, testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { KEYS, startApi, type Call, type StartedApi } from '../../fixtures/started-api.ts';

const namespace = uniqueNamespace('api-refusals');

let api: StartedApi;

const message = (over: object = {}) => ({
  channel: 'whatsapp',
  sender: 'support',
  to: randomNumber(),
  text: 'hello',
  ...over,
});

beforeAll(async () => {
  api = await startApi({ kafkaBrokers: testKafkaBrokers(), redisUrl: testRedisUrl(), namespace });
  const isReady = async () => (await fetch(`${api.service.address}/health/ready`)).ok;
  await waitFor(isReady, { description: 'the API is ready' });
}, 60_000);

afterAll(() => api.service.stop());

describe('a request that cannot be accepted', () => {
  const nested = '{"channel":'.padEnd(11) + '['.repeat(20_000) + ']'.repeat(20_000) + '}';
  const latin1 = new Uint8Array([...Buffer.from('{"text":"'), 0xe9, 0xff, ...Buffer.from('"}')]);

  it.each<[string, unknown, Call, number, string, string]>([
    ['no Idempotency-Key', message(), { key: undefined }, 400, 'Idempotency-Key', 'header is required'],
    ['a key that is too long', message(), { key: 'x'.repeat(256) }, 400, 'Idempotency-Key', 'at most 255'],
    ['truncated JSON', '{"channel": "wha', {}, 400, '(body)', 'is not valid JSON'],
    ['an empty body', '', {}, 400, '(body)', 'is not valid JSON'],
    ['bytes that are not UTF-8', latin1, {}, 400, '(body)', 'is not valid UTF-8'],
    ['deep nesting', nested, {}, 400, '(body)', 'nested deeper'],
    ['a list', [message()], {}, 400, '(body)', 'must be a JSON object'],
    ['missing fields', {}, {}, 400, 'channel', 'must be one of'],
    ['a wrong type', message({ text: 7 }), {}, 400, 'text', 'must be a string'],
    ['an unknown field', message({ subject: 'x' }), {}, 400, 'subject', 'is not a known field'],
    ['an unknown sender', message({ sender: 'sales' }), {}, 400, 'sender', '(known: billing, support)'],
    ['a sender of another channel', message({ sender: 'alerts' }), {}, 400, 'sender', '(known: billing, support)'],
    [
      'a sender of another tenant',
      message({ sender: 'billing' }),
      { tenant: 'globex' },
      400,
      'sender',
      '(known: support)',
    ],
    ['a recipient that is no number', message({ to: 'bob' }), {}, 400, 'to', 'is not a phone number'],
    ['an expiry in the past', message({ expiresAt: '2001-01-31T18:00:00Z' }), {}, 400, 'expiresAt', 'is in the past'],
  ])('with %s gets 400 naming field and reason', async (_, body, options, status, field, reason) => {
    const answer = await api.post(body, options);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ statusCode: 400, error: 'Bad Request', message: expect.any(String) });
    expect(answer.json.details).toContainEqual({ field, reason: expect.stringContaining(reason) });
  });

  it('gets 413 when it is too large and 415 when it is not JSON', async () => {
    const large = await api.post(message({ text: 'x'.repeat(2_000_000) }));
    expect([large.status, large.json.statusCode]).toEqual([413, 413]);
    const form = await api.post('a=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect([form.status, form.json.statusCode]).toEqual([415, 415]);
  });

  it.each([
    ['no key', {}],
    ['a wrong key', { authorization: 'Bearer wrong-key-0123456789' }],
    ['another scheme', { authorization: `Basic ${KEYS.acme}` }],
    ['an empty key', { authorization: 'Bearer ' }],
  ])('gets one and the same 401 with %s', async (_, headers) => {
    for (const [method, path] of [
      ['POST', '/v1/messages'],
      ['GET', `/v1/messages/${crypto.randomUUID()}`],
      ['GET', `/v1/conversations/${crypto.randomUUID()}/timeline`],
    ] as const) {
      const response = await fetch(api.service.address + path, { method, headers });
      expect([response.status, response.headers.get('www-authenticate'), await response.json()]).toEqual([
        401,
        'Bearer',
        {
          statusCode: 401,
          error: 'Unauthorized',
          message: 'Authorization must be "Bearer <API key>" with a valid key',
          details: [],
        },
      ]);
    }
  });

  it('leaves nothing on the topic, and the service goes on', async () => {
    const { status, json } = await api.post(message());
    expect(status).toBe(202);
    const commands = await readAll(testKafkaBrokers(), namespace + TOPICS.conversationCommand.name);
    expect(new Set(commands.map(({ headers }) => headers.ce_id))).toEqual(new Set([json.messageId]));
  });
});
