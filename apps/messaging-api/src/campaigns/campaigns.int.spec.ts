import { randomUUID } from 'node:crypto';
import { progressKey } from '@heliograph/campaigns';
import { RedisClient } from '@heliograph/redis';
import { testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEYS, PARTITIONS, startApi, type Answer, type StartedApi } from '../../fixtures/started-api.ts';
import { applyTemplates } from '../../test/applied-templates.ts';
import { CampaignRunnerStandIn } from '../../test/campaign-runner-stand-in.ts';
import { campaignRequest, createCampaign, orderSms, upload } from '../../test/campaign-specs.ts';

const namespace = uniqueNamespace('api-campaigns');
const brokers = testKafkaBrokers();
let api: StartedApi;
let runner: CampaignRunnerStandIn;
let redis: RedisClient;

beforeAll(async () => {
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
  api = await startApi({ kafkaBrokers: brokers, redisUrl: testRedisUrl(), namespace });
  runner = await CampaignRunnerStandIn.start(api, brokers, namespace);
  await applyTemplates(
    api,
    [orderSms(), 'PUBLISHED'],
    [orderSms({ name: 'new_sms', providerName: 'new_sms' }), 'PENDING'],
  );
}, 60_000);

afterAll(async () => {
  await runner.close();
  await redis.close();
  await api.service.stop();
}, 30_000);

const create = (body: unknown, key: string = randomUUID()) => api.call('POST', '/v1/campaigns', body, { key });
const get = (id: string, path = '') => api.call('GET', `/v1/campaigns/${id}${path}`);
const order = (id: string, action: string) => api.call('POST', `/v1/campaigns/${id}/${action}`);
const fields = ({ json }: Answer) =>
  (json.details as { field: string; reason: string }[]).map(({ field, reason }) => `${field} ${reason}`);
const shows = (id: string, state: string) =>
  waitFor(async () => (await get(id)).json.state === state, { description: `the API shows ${state}` });
/** A campaign of which campaign-runner says that it stands so. */
async function standing(state: 'draft' | 'running' | 'paused' | 'halted' | 'finished', version = 5): Promise<string> {
  const id = await createCampaign(api);
  await runner.says(id, { state, version });
  await shows(id, state);
  return id;
}
const ordersOf = (id: string) => runner.of(runner.orders, id).map(({ action, by }) => `${action} by ${by}`);

describe('a new campaign', () => {
  it('is a draft with what was asked for, before campaign-runner has seen it', async () => {
    const asked = { perMinute: 60, frequencyCap: { messages: 3, perSeconds: 60 } };
    const { status, json, headers } = await create(campaignRequest(asked));
    expect([status, json]).toEqual([
      201,
      expect.objectContaining({ state: 'draft', name: 'Order news', sender: 'alerts', createdBy: 'acme' }),
    ]);
    expect(headers.get('location')).toBe(`/v1/campaigns/${json.campaignId as string}`);
    const days = (Date.parse(json.expiresAt as string) - Date.parse(json.createdAt as string)) / 86_400_000;
    expect(days).toBe(7);
    const { json: shown } = await get(json.campaignId as string);
    expect(shown).toMatchObject({
      ...campaignRequest(asked),
      progress: { accepted: 0, waiting: 0 },
      history: [{ state: 'draft' }],
    });
    const told = () => runner.of(runner.created, json.campaignId as string)[0];
    expect(await waitFor(told, { description: 'the order' })).toMatchObject({
      ...campaignRequest(asked),
      account: 'acme-genesys',
    });
  });

  it('is the same one for the same key, and refused for another request with it', async () => {
    const key = randomUUID();
    const [first, again] = [await create(campaignRequest(), key), await create(campaignRequest(), key)];
    expect(again).toMatchObject({ status: 201, json: first.json });
    const other = await create(campaignRequest({ name: 'Other' }), key);
    expect([other.status, fields(other)[0]]).toEqual([422, expect.stringContaining('was first used at')]);
  });

  it('whose template may not be sent now is taken, with a notice', async () => {
    const { status, json } = await create(campaignRequest({ template: { name: 'new_sms', language: 'en_US' } }));
    expect([status, json.notices]).toEqual([201, [expect.stringContaining('template "new_sms" (en_US) is PENDING')]]);
  });

  it.each([
    [{ sender: 'nobody' }, 'sender is not one of your senders on sms (known: alerts)'],
    [
      { template: { name: 'order_smss', language: 'de' } },
      'template.name is not one of your templates: did you mean "order_sms"?',
    ],
    [
      { template: { name: 'order_sms', language: 'fr' } },
      'template.language is none of template "order_sms", which has en_US, de',
    ],
    [{ variables: {} }, 'variables.order is missing: template "order_sms" wants a text'],
    [
      { variables: { order: { column: 'a' }, code: { value: 1 } } },
      'variables.code is not a variable of template "order_sms" (its variables are order)',
    ],
    [{ variables: { order: { value: 'x'.repeat(21) } } }, 'variables.order has 21 characters; at most 20 are allowed'],
    [
      { variables: { order: 'a' } },
      'variables.order must be { "column": name of a column } or { "value": a text or a number }',
    ],
    [{ columns: {} }, 'columns.address address should not be empty'],
    [{ country: 'XX' }, 'country is no country whose phone numbers are known'],
    [{ country: 'us' }, 'country country must be two capital letters (ISO 3166), for example US'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt is in the past'],
    [{ expiresAt: new Date(Date.now() + 30 * 86_400_000).toISOString() }, 'expiresAt is more than 29 days away'],
    [{ startAt: '2999-01-01T00:00:00Z' }, 'startAt is not before expiresAt'],
    [{ channel: 'web' }, 'channel channel must be one of the following values: whatsapp, sms, email'],
    [{ perMinute: 0 }, 'perMinute perMinute must not be less than 1'],
    [{ frequencycap: {} }, 'frequencycap is not a known field: did you mean "frequencyCap"?'],
  ])('with %j is refused: %s', async (over, problem) => {
    const answer = await create(campaignRequest(over));
    expect([answer.status, fields(answer)]).toEqual([400, expect.arrayContaining([problem])]);
  });

  it('needs a key', async () => {
    const answer = await api.call('POST', '/v1/campaigns', campaignRequest());
    expect(fields(answer)[0]).toContain('Idempotency-Key header is required');
  });
});

describe('an order', () => {
  it('to start closes every partition for recipients first, and is answered when it shows', async () => {
    const id = await createCampaign(api);
    await upload(api, id, 'phone,order\n+12125550001,A\n');
    const answer = order(id, 'start');
    await waitFor(() => ordersOf(id).length === 1, { description: 'the order' });
    await waitFor(() => runner.of(runner.closed, id).length === PARTITIONS, { description: 'a mark per partition' });
    const marks = runner.of(runner.closed, id);
    for (const { partition, isIn } of marks) expect(partition).toBe(isIn);
    expect(new Set(marks.map(({ partition }) => partition)).size).toBe(PARTITIONS);
    await runner.says(id, {
      state: 'checking',
      version: 2,
      reasons: [{ code: 'starts-later', reason: 'it starts later' }],
    });
    const { status, json } = await answer;
    expect([status, json]).toEqual([200, expect.objectContaining({ state: 'checking' })]);
    expect(json.reasons).toEqual([{ code: 'starts-later', reason: 'it starts later' }]);
    expect(ordersOf(id)).toEqual(['start by acme']);
    const late = await upload(api, id, 'phone,order\n+12125550002,A\n');
    expect([late.status, late.json.message]).toEqual([
      409,
      'The campaign is checking: recipients are added to a draft',
    ]);
  });

  it('that does not show in time is answered with 202, and closes the campaign for recipients all the same', async () => {
    const id = await createCampaign(api);
    const { status, json } = await order(id, 'start');
    expect([status, json.state]).toEqual([202, 'draft']);
    const late = await upload(api, id, 'phone,order\n+12125550002,A\n');
    expect([late.status, late.json.message]).toEqual([
      409,
      'The campaign takes no recipients any more: it was started',
    ]);
    expect(runner.of(runner.recipients, id)).toEqual([]);
  });

  it.each([
    ['pause', 'running', 'paused'],
    ['resume', 'paused', 'checking'],
    ['resume', 'halted', 'running'],
    ['cancel', 'paused', 'finished'],
  ] as const)('to %s is given on from %s', async (action, from, to) => {
    const id = await standing(from);
    const answer = order(id, action);
    await waitFor(() => ordersOf(id).length === 1, { description: 'the order' });
    await runner.says(id, { state: to, version: 6 });
    expect((await answer).json.state).toBe(to);
    expect(ordersOf(id)).toEqual([`${action} by acme`]);
  });

  it('that has come true already is not given again', async () => {
    const id = await standing('paused');
    const { status, json } = await order(id, 'pause');
    expect([status, json.state, ordersOf(id)]).toEqual([200, 'paused', []]);
  });

  it('that cannot be is refused with the state the campaign is in', async () => {
    const id = await standing('finished');
    for (const action of ['start', 'pause', 'resume', 'cancel']) {
      const { status, json } = await order(id, action);
      expect([status, json.message]).toEqual([409, expect.stringContaining('The campaign is finished')]);
    }
    expect(ordersOf(id)).toEqual([]);
  });

  it('to start waits for uploads under way', async () => {
    const id = await createCampaign(api);
    let end = (): void => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(Buffer.from('phone,order\n+12125550001,A\n'));
        end = () => controller.close();
      },
    });
    const headers = { authorization: `Bearer ${KEYS.acme}`, 'content-type': 'text/csv' };
    const sent = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    const uploading = fetch(`${api.service.address}/v1/campaigns/${id}/recipients`, sent);
    const isOpen = async () => (await redis.client.hlen(`{campaign:${id}}:uploads`)) === 1;
    await waitFor(isOpen, { description: 'the upload is open' });
    const early = await order(id, 'start');
    expect([early.status, early.json.message]).toEqual([
      409,
      'The campaign cannot leave its draft yet: an upload of recipients is under way',
    ]);
    end();
    expect((await uploading).status).toBe(200);
    expect((await order(id, 'start')).status).toBe(202);
  });

  it('to start tells of uploads that broke off with their process', async () => {
    const id = await createCampaign(api);
    const uploadId = randomUUID();
    await redis.client.hset(`{campaign:${id}}:uploads`, uploadId, '1000 7 3 2 1 1');
    await order(id, 'start');
    const told = () => runner.of(runner.uploads, id)[0];
    const counts = { rows: 7, accepted: 3, invalid: 2, repeated: 1, suppressed: 1 };
    expect(await waitFor(told, { description: 'the upload was told of' })).toMatchObject({ uploadId, ...counts });
    expect(await redis.client.exists(`{campaign:${id}}:uploads`)).toBe(0);
  });
});

describe('what can be seen of campaigns', () => {
  it('is how far one is, counted over all partitions, and when it will have ended', async () => {
    const id = await createCampaign(api);
    const at = new Date(Date.now() - 60_000).toISOString();
    const uploads = { rows: 12, accepted: 10, invalid: 1, repeated: 1, suppressed: 0 };
    await runner.says(id, { state: 'running', version: 3, history: [{ state: 'running', at }], uploads });
    await redis.client.hset(progressKey(0, id), { 'is:sent': 2, 'is:read': 1, replies: 1 });
    await redis.client.hset(progressKey(2, id), { 'is:given': 1, 'is:failed': 1, 'failed:expired': 1 });
    await shows(id, 'running');
    const { json } = await get(id);
    expect(json).toMatchObject({
      uploads,
      progress: {
        accepted: 10,
        waiting: 5,
        underWay: 1,
        sent: 3,
        read: 1,
        failed: 1,
        failedBy: { expired: 1 },
        replies: 1,
      },
    });
    expect(Date.parse(json.expectedEnd as string)).toBeGreaterThan(Date.now());
  });

  it('is their list, newest first, of one state or of all', async () => {
    const [older, newer] = [await standing('halted'), await standing('halted')];
    const { json } = await api.call('GET', '/v1/campaigns?state=halted&limit=2');
    expect((json.campaigns as { campaignId: string }[]).map(({ campaignId }) => campaignId)).toEqual([newer, older]);
    expect(fields(await api.call('GET', '/v1/campaigns?state=done'))[0]).toContain('state is not one of draft');
    const others = await api.call('GET', '/v1/campaigns', undefined, { tenant: 'globex' });
    expect(others.json).toEqual({ campaigns: [] });
  });

  it('is nothing for another tenant', async () => {
    const id = await createCampaign(api);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/stream'],
      ['POST', '/start'],
      ['POST', '/cancel'],
    ] as const) {
      const answer = await api.call(method, `/v1/campaigns/${id}${path}`, undefined, { tenant: 'globex' });
      expect([answer.status, answer.json.message]).toEqual([404, 'There is no campaign with this id']);
    }
  });

  it('is streamed: how it stands at once, every change of it, and the end with its own', async () => {
    const id = await standing('running');
    const headers = { authorization: `Bearer ${KEYS.acme}` };
    const response = await fetch(`${api.service.address}/v1/campaigns/${id}/stream`, { headers });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const events: { state: string; progress: { sent: number } }[] = [];
    const read = (async () => {
      let text = '';
      for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
        const parts = (text + piece).split('\n\n');
        text = parts.pop()!;
        for (const part of parts) {
          const data = /^event: campaign\ndata: (.*)$/.exec(part)?.[1];
          if (data !== undefined) events.push(JSON.parse(data) as (typeof events)[number]);
        }
      }
    })();
    await waitFor(() => events.length === 1, { description: 'the first event' });
    await redis.client.hset(progressKey(1, id), { 'is:sent': 7 });
    await waitFor(() => events.at(-1)!.progress.sent === 7, { description: 'the progress' });
    await runner.says(id, { state: 'paused', version: 6 });
    await waitFor(() => events.at(-1)!.state === 'paused', { description: 'the pause' });
    await runner.says(id, { state: 'finished', end: 'completed', version: 7 });
    await read;
    expect(events.map(({ state }) => state)).toEqual(['running', 'running', 'paused', 'finished']);
  });
});
