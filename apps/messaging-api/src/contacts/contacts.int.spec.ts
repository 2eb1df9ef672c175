import { randomUUID } from 'node:crypto';
import {
  conversationId,
  ERASED,
  EVENTS,
  factId,
  TOPICS,
  type ConsentChange,
  type ContactErased,
  type Parties,
  type SessionSnapshot,
  type TimelineEntry,
} from '@heliograph/contracts';
import { Subjects } from '@heliograph/consent';
import { sessionKey } from '@heliograph/conversations';
import { connectKafka, EventPublisher, newEvent, partitionOf, type OutgoingEvent } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import {
  followTopic,
  parties,
  randomNumber,
  redisContents,
  testKafkaBrokers,
  testRedisUrl,
  uniqueNamespace,
  waitFor,
  type Following,
  type ReadRecord,
} from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONSENT_KEY, PARTITIONS, startApi, type StartedApi } from '../../fixtures/started-api.ts';
import { TIMELINE_GROUP } from '../timeline/timeline.store.ts';

const namespace = uniqueNamespace('api-contacts');
const brokers = testKafkaBrokers();
const given: { key: string; id: string; json: unknown; text: string }[] = [];
const MARK = 'my secret is 4711';
let api: StartedApi;
let redis: RedisClient;
let publisher: EventPublisher;
let readers: Following[];

beforeAll(async () => {
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
  api = await startApi({ kafkaBrokers: brokers, redisUrl: testRedisUrl(), namespace });
  publisher = new EventPublisher(
    connectKafka({ brokers, clientId: 'spec', namespace, conversationPartitions: PARTITIONS }),
  );
  const onRecord = ({ key = '', headers, json, value }: ReadRecord): void =>
    void given.push({ key, id: headers.ce_id!, json, text: JSON.stringify(headers) + String(value) });
  readers = await Promise.all(
    [TOPICS.consentCommand, TOPICS.conversationErasure].map(({ name }) =>
      followTopic({ brokers, topic: namespace + name, group: `${namespace}${name}`, onRecord }),
    ),
  );
}, 60_000);

afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()));
  await publisher.close();
  await redis.close();
  await api.service.stop();
}, 30_000);

const path = (address: string, channel = 'sms') => `/v1/contacts/${channel}/${encodeURIComponent(address)}/erase`;
const erase = (address: string, key: string = randomUUID(), evidence = 'ticket 17') =>
  api.call('POST', path(address), { evidence }, { key });

describe('the erasure of a contact', () => {
  it('is given to every conversation that the number can have, on WhatsApp and by SMS, and is told to consent, without the address', async () => {
    const address = randomNumber();
    const digits = address.replace('+', '');
    const key = randomUUID();
    const { status, json } = await erase(address, key);
    const subject = new Subjects(CONSENT_KEY).of({ tenant: 'acme', channel: 'sms', address });
    const ids = [
      conversationId('acme', 'whatsapp', 'support', digits),
      conversationId('acme', 'whatsapp', 'billing', digits),
      conversationId('acme', 'sms', 'alerts', `+${digits}`),
    ];
    expect([status, json]).toMatchObject([202, { subject, conversationIds: ids }]);
    expect((await erase(address, key)).json).toEqual(json);

    const mine = () => given.filter(({ text }) => text.includes(json.erasureId as string));
    await waitFor(() => mine().length === 8, { description: 'both are given' });
    const records = new Map(mine().map((record) => [record.id, record]));
    expect(records.size).toBe(4);
    const change = records.get(json.erasureId as string)!.json as ConsentChange;
    expect(change).toMatchObject({ subject, change: 'erase', by: 'acme', evidence: { reference: 'ticket 17' } });
    for (const id of ids) {
      const erasure = [...records.values()].find((record) => record.key === id)!.json as ContactErased;
      expect(erasure).toMatchObject({ conversationId: id, contact: ERASED, at: change.at });
    }
    for (const { text } of mine()) expect(text).not.toContain(digits);
  });

  it.each([
    ['a channel that does not exist', '/v1/contacts/fax/1/erase', { evidence: 'x' }, 'channel'],
    ['a channel without a sender', '/v1/contacts/line/u-1/erase', { evidence: 'x' }, 'channel'],
    ['what is no address', path('hello'), { evidence: 'x' }, 'address'],
    ['no evidence', path('15550001234'), {}, 'evidence'],
  ])('is refused with %s', async (_, at, body, field) => {
    const { status, json } = await api.call('POST', at, body, { key: randomUUID() });
    expect([status, (json.details as { field: string }[])[0]?.field]).toEqual([400, field]);
  });

  it('is refused without a key, and with one that was used for somebody else', async () => {
    const key = randomUUID();
    expect((await api.call('POST', path(randomNumber()), { evidence: 'x' })).status).toBe(400);
    expect((await erase(randomNumber(), key)).status).toBe(202);
    const { status, json } = await erase(randomNumber(), key);
    expect([status, json.details]).toMatchObject([422, [{ field: 'Idempotency-Key' }]]);
  });
});

const entryOf = (who: Parties, sequence: number): TimelineEntry => ({
  ...who,
  ...{ sequence, session: 1, kind: 'message.received', factId: factId(who.conversationId, sequence) },
  at: new Date(sequence * 1000).toISOString(),
  fact: { content: { type: 'text', text: MARK } },
});
const erasedEntry = (who: Parties, sequence: number): TimelineEntry => ({
  ...entryOf(who, sequence),
  ...{ contact: ERASED, kind: 'contact.erased', fact: { erasureId: randomUUID() } },
});
const erasedSnapshot = (who: Parties, through: number): SessionSnapshot => ({
  ...{ ...who, contact: ERASED, sequence: through, session: 1, state: 'closed', messages: [], earlyReceipts: [] },
  ...{ applied: {}, recentFacts: ['x'], erasedAt: new Date().toISOString(), erasedThrough: through },
});

function outgoing(contract: OutgoingEvent['contract'], data: Parties, id: string, extensions = {}): OutgoingEvent {
  const { conversationId: key, tenant } = data;
  return { contract, event: newEvent(contract, { id, key, data, tenant, extensions, source: '/heliograph/spec' }) };
}
const told = (...entries: TimelineEntry[]) =>
  publisher.publish(entries.map((entry) => outgoing(EVENTS.timelineEntry, entry, entry.factId)));

const kindsOf = async ({ conversationId: id }: Parties): Promise<string[]> => {
  const { json } = await api.call('GET', `/v1/conversations/${id}/timeline`);
  return ((json.entries as TimelineEntry[] | undefined) ?? []).map(({ kind }) => kind);
};
const shows = (who: Parties, ...kinds: string[]) =>
  waitFor(async () => (await kindsOf(who)).join() === kinds.join(), { description: `${kinds.join()} are shown` });

describe('the timeline of an erased contact', () => {
  it('has nothing from before, also when an entry from before comes again', async () => {
    const who = parties();
    await told(entryOf(who, 1), entryOf(who, 2));
    await shows(who, 'message.received', 'message.received');
    await told(erasedEntry(who, 3), entryOf(who, 1), { ...entryOf(who, 4), fact: {} });
    await shows(who, 'message.received', 'contact.erased');
    const kept = (await redisContents(redis.client, namespace)).join();
    expect(kept).not.toContain(MARK);
  });

  it('does not come back when the index is rebuilt from a topic that still has it', async () => {
    const who = parties();
    const partition = partitionOf(who.conversationId, PARTITIONS);
    await told(entryOf(who, 1), entryOf(who, 2), erasedEntry(who, 3));
    await shows(who, 'contact.erased');
    const snapshot = erasedSnapshot(who, 3);
    await publisher.publish([outgoing(EVENTS.sessionSnapshot, snapshot, randomUUID(), { erasedthrough: '3' })]);
    // A key of the index can be there with what was erased when Redis comes back older than it was.
    const index = `{p${partition}}:timeline:${who.conversationId}`;
    await redis.client.zadd(index, 1, JSON.stringify(entryOf(who, 1)));
    await redis.client.del(`{p${partition}}:erased:${who.conversationId}`, `{p${partition}}:fence:${TIMELINE_GROUP}`);
    await told({ ...entryOf(who, 4), fact: {} });
    await shows(who, 'message.received', 'contact.erased');
    expect(await redis.client.zrange(index, 0, '-1')).not.toContain(MARK);
  });
});

describe('a conversation whose contact was erased', () => {
  it('takes no command, and knows of no message that was accepted before', async () => {
    const contact = randomNumber().replace('+', '');
    const { json } = await api.post({ channel: 'whatsapp', sender: 'support', to: contact, text: MARK });
    const who = parties({ contact });
    const id = json.conversationId as string;
    const key = sessionKey(partitionOf(id, PARTITIONS), id);
    await redis.client.hset(
      key,
      'state',
      JSON.stringify({ ...erasedSnapshot(who, 3), conversationId: id, tenant: 'acme' }),
    );
    expect((await api.call('GET', `/v1/messages/${json.messageId as string}`)).status).toBe(404);
    const close = await api.call('POST', `/v1/conversations/${id}/close`, { code: 'x' }, { key: randomUUID() });
    expect(close.status).toBe(404);
    expect((await api.call('GET', `/v1/conversations/${id}`)).json).toMatchObject({ contact: ERASED, state: 'closed' });
  });
});
