import { randomUUID } from 'node:crypto';
import {
  consentKey,
  EVENTS,
  TOPICS,
  type ConsentChange,
  type ConsentPurposes,
  type ConsentState,
} from '@heliograph/contracts';
import { CONSENT_GROUP, consentStateKey, NOTHING_SAID, Subjects } from '@heliograph/consent';
import { connectKafka, EventPublisher, newEvent, partitionOf } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import {
  followTopic,
  randomNumber,
  testKafkaBrokers,
  testRedisUrl,
  uniqueNamespace,
  waitFor,
  type Following,
} from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONSENT_KEY, KEYS, PARTITIONS, startApi, type StartedApi } from '../../fixtures/started-api.ts';

const namespace = uniqueNamespace('api-consent');
const brokers = testKafkaBrokers();
const changes: { id: string; data: ConsentChange }[] = [];
let api: StartedApi;
let redis: RedisClient;
let publisher: EventPublisher;
let reader: Following;

beforeAll(async () => {
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
  api = await startApi({ kafkaBrokers: brokers, redisUrl: testRedisUrl(), namespace });
  publisher = new EventPublisher(
    connectKafka({ brokers, clientId: 'spec', namespace, conversationPartitions: PARTITIONS }),
  );
  const topic = namespace + TOPICS.consentCommand.name;
  reader = await followTopic({
    ...{ brokers, topic, group: `${namespace}reader` },
    onRecord: ({ headers, json }) => void changes.push({ id: headers.ce_id!, data: json as ConsentChange }),
  });
}, 60_000);

afterAll(async () => {
  await reader.close();
  await publisher.close();
  await redis.close();
  await api.service.stop();
}, 30_000);

const subjectOf = (number: string) => new Subjects(CONSENT_KEY).of({ tenant: 'acme', channel: 'sms', address: number });
const of = (number: string) => ({ tenant: 'acme', subject: subjectOf(number) });
const partition = (number: string) => partitionOf(consentKey(of(number)), PARTITIONS);

/** Says what session-state would: all that was ever said by contacts of this one's partition is known. */
const known = (number: string) => new FencedGate(redis, { group: CONSENT_GROUP }).admit(partition(number), 1);

const SINCE = '2026-03-02T09:15:00.000Z';
async function optsOut(number: string): Promise<void> {
  await known(number);
  const evidence = { id: 'fact-1', keyword: 'STOP' };
  const out = { state: 'out', at: SINCE, source: 'keyword', evidence, eventId: randomUUID() } as const;
  const purposes: ConsentPurposes = { ...NOTHING_SAID, all: out };
  const state: ConsentState = { ...of(number), purposes, sequence: 1, history: [], applied: '0', recent: [] };
  const fields = { purposes: JSON.stringify(purposes), state: JSON.stringify(state), sequence: 1 };
  await redis.client.hset(consentStateKey(partition(number), of(number)), fields);
}

const sms = (to: string) => ({ channel: 'sms', sender: 'alerts', to, text: 'Your order has shipped' });

describe('a message to a contact who has opted out', () => {
  it('is refused with since when and by what, on the other channel of the number, too', async () => {
    const to = randomNumber();
    await optsOut(to);
    const { status, json } = await api.post(sms(to));
    const reason = `the contact has opted out of everything on ${SINCE}, told by a keyword`;
    expect([status, json]).toEqual([
      403,
      {
        ...{ statusCode: 403, error: 'Forbidden' },
        message: `opted-out: ${reason}; nothing may be sent`,
        details: [{ field: 'to', reason }],
      },
    ]);
    expect((await api.post({ ...sms(to), channel: 'whatsapp', sender: 'support' })).status).toBe(403);
    expect((await api.post(sms(randomNumber()))).status).toBe(202);
  });

  it('that was accepted before is answered as it was', async () => {
    const to = randomNumber();
    const key = randomUUID();
    const first = await api.post(sms(to), { key });
    await optsOut(to);
    const again = await api.post(sms(to), { key });
    expect([again.status, again.json]).toEqual([202, first.json]);
  });
});

describe('a consent record', () => {
  const path = (number: string, channel = 'sms') => `/v1/consent/${channel}/${encodeURIComponent(number)}`;

  it('tells where a contact stands, by what, and by which name audit and logs know them', async () => {
    const number = randomNumber();
    await optsOut(number);
    const { status, json } = await api.call('GET', path(number));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      subject: subjectOf(number),
      purposes: { all: { state: 'out', at: SINCE, evidence: { keyword: 'STOP' } }, marketing: { state: 'unknown' } },
      history: [],
    });
    expect((await api.call('GET', path(number, 'whatsapp'))).json.subject).toBe(subjectOf(number));
    expect(JSON.stringify(json)).not.toContain(number);
  });

  it('of somebody who has never said anything is unknown; while not all is known, it is 503', async () => {
    const number = randomNumber();
    await known(number);
    expect((await api.call('GET', path(number))).json).toMatchObject({ purposes: { all: { state: 'unknown' } } });
    await redis.client.del(`{p${partition(number)}}:fence:${CONSENT_GROUP}`);
    expect((await api.call('GET', path(number))).status).toBe(503);
    await known(number);
  });

  it('is changed by a command that names who changed it and the evidence; the same key is the same change', async () => {
    const number = randomNumber();
    const key = randomUUID();
    const body = { change: 'opt-in', purpose: 'marketing', evidence: 'web form 17', at: '2026-03-01T08:00:00Z' };
    const first = await api.call('PUT', path(number), body, { key });
    const again = await api.call('PUT', path(number), body, { key });
    expect([first.status, again.json]).toEqual([202, first.json]);
    const given = await waitFor(() => changes.find(({ id }) => id === first.json.changeId), {
      description: 'it is given',
    });
    expect(given.data).toEqual({
      ...of(number),
      ...{ channel: 'sms', change: 'opt-in', purpose: 'marketing', source: 'api', by: 'acme' },
      evidence: { id: given.id, reference: 'web form 17' },
      at: '2026-03-01T08:00:00.000Z',
    });
  });

  it.each([
    ['a channel that does not exist', '/v1/consent/fax/1', {}, 'channel'],
    ['what is no address', '/v1/consent/sms/hello', {}, 'address'],
    ['another change', '/v1/consent/sms/15550001234', { change: 'maybe', evidence: 'x' }, 'change'],
    ['no evidence', '/v1/consent/sms/15550001234', { change: 'opt-out' }, 'evidence'],
    [
      'a field nobody knows',
      '/v1/consent/sms/15550001234',
      { change: 'opt-out', evidence: 'x', purpos: 'all' },
      'purpos',
    ],
  ])('is not changed by %s', async (_, at, body, field) => {
    const { status, json } = await api.call('PUT', at, body, { key: randomUUID() });
    expect([status, (json.details as { field: string }[])[0]?.field]).toEqual([400, field]);
  });
});

describe('the export', () => {
  it('has a line per event of the tenant since a moment, and nobody’s address', async () => {
    const number = randomNumber();
    const suppressed = (tenant: string, time: string) => {
      const { subject } = of(number);
      const data = {
        ...{ tenant, subject, messageId: randomUUID(), conversationId: randomUUID() },
        ...{ channel: 'sms' as const, class: 'campaign' as const, purpose: 'all' as const, at: time },
      };
      const parts = { id: randomUUID(), key: consentKey(data), data, tenant, time, source: '/heliograph/spec' };
      return { contract: EVENTS.consentSuppressed, event: newEvent(EVENTS.consentSuppressed, parts) };
    };
    const [old, young] = ['2026-03-01T00:00:00.000Z', '2026-03-03T00:00:00.000Z'];
    const events = [suppressed('acme', old), suppressed('acme', young), suppressed('globex', young)];
    await publisher.publish(events);
    const linesOf = async (query: string): Promise<{ id: string; type: string }[]> => {
      const headers = { authorization: `Bearer ${KEYS.acme}` };
      const response = await fetch(`${api.service.address}/v1/consent/export${query}`, { headers });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
      const lines = (await response.text()).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as { id: string; type: string });
    };
    expect((await linesOf('')).map(({ id }) => id)).toEqual(events.slice(0, 2).map(({ event }) => event.id));
    expect(await linesOf('?since=2026-03-02T00:00:00Z')).toMatchObject([
      { id: events[1]!.event.id, type: 'consent.suppressed', class: 'campaign' },
    ]);
    expect((await api.call('GET', '/v1/consent/export?since=yesterday')).status).toBe(400);
  });
});
