import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, factId, type Parties, type SessionSnapshot, type TimelineEntry } from '@heliograph/contracts';
import { entriesKey, messageKey, sessionKey } from '@heliograph/conversations';
import { connectKafka, EventPublisher, newEvent, partitionOf } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { parties, testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { PARTITIONS, startApi, type StartedApi } from '../../fixtures/started-api.ts';

const namespace = uniqueNamespace('api-conversations');
const KEPT = 20;

let api: StartedApi;
let redis: RedisClient;
let publisher: EventPublisher;

beforeAll(async () => {
  const kafkaBrokers = testKafkaBrokers();
  api = await startApi({ kafkaBrokers, redisUrl: testRedisUrl(), namespace, timelineEntries: KEPT });
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
  publisher = new EventPublisher(
    connectKafka({ brokers: kafkaBrokers, clientId: 'test', namespace, conversationPartitions: PARTITIONS }),
  );
}, 60_000);

afterAll(async () => {
  await publisher.close();
  await redis.close();
  await api.service.stop();
});

/** What session-state would have written. */
async function saveSession(who: Parties, over: Partial<SessionSnapshot> = {}): Promise<void> {
  const snapshot: SessionSnapshot = {
    ...who,
    sequence: 1,
    session: 1,
    state: 'open',
    messages: [],
    earlyReceipts: [],
    applied: {},
    recentFacts: [],
    ...over,
  };
  const key = sessionKey(partitionOf(who.conversationId, PARTITIONS), who.conversationId);
  await redis.client.hset(key, 'state', JSON.stringify(snapshot));
  for (const { messageId } of snapshot.messages) await redis.client.set(messageKey(messageId), who.conversationId);
}

const entryOf = (who: Parties, sequence: number): TimelineEntry => ({
  ...who,
  sequence,
  session: 1,
  kind: 'message.received',
  factId: factId(who.conversationId, sequence),
  at: new Date(sequence * 1000).toISOString(),
  fact: { content: { type: 'text', text: `message ${sequence}` } },
});

async function publishEntries(who: Parties, sequences: readonly number[]): Promise<void> {
  const contract = EVENTS.timelineEntry;
  const events = sequences.map((sequence) => {
    const data = entryOf(who, sequence);
    const { conversationId: key, tenant, factId: id } = data;
    return { contract, event: newEvent(contract, { id, key, data, tenant, source: '/heliograph/session-state' }) };
  });
  await publisher.publish(events);
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const timeline = (who: Parties, query = '') =>
  api.call('GET', `/v1/conversations/${who.conversationId}/timeline${query}`);
const sequencesIn = (json: Record<string, unknown>) =>
  (json.entries as TimelineEntry[]).map(({ sequence }) => sequence);
const indexed = (who: Parties, last: number) =>
  waitFor(async () => ((await timeline(who)).json.entries as TimelineEntry[])?.[0]?.sequence === last, {
    description: `entry ${last} is in the index`,
    timeoutMs: 20_000,
  });

describe('a conversation', () => {
  it('shows where its session stands', async () => {
    const who = parties();
    await saveSession(who, {
      sequence: 12,
      session: 2,
      lastCustomerMessageAt: '2026-01-31T18:00:00.000Z',
      assigneeKind: 'agent',
      assigneeId: 'agent-7',
      providerConversationId: 'provider-1',
      lastActivityAt: '2026-01-31T18:05:00.000Z',
      stage: 'with-agent',
      stageSince: '2026-01-31T18:01:00.000Z',
      participants: [{ agentId: 'agent-7', state: 'accepted', at: '2026-01-31T18:01:00.000Z' }],
    });
    const { status, json } = await api.call('GET', `/v1/conversations/${who.conversationId}`);
    expect(status).toBe(200);
    expect(json).toEqual({
      conversationId: who.conversationId,
      channel: 'whatsapp',
      sender: 'support',
      contact: who.contact,
      state: 'open',
      session: 2,
      sequence: 12,
      windowOpenUntil: '2026-02-01T18:00:00.000Z',
      assignee: { kind: 'agent', id: 'agent-7' },
      providerConversationId: 'provider-1',
      lastActivityAt: '2026-01-31T18:05:00.000Z',
      stage: 'with-agent',
      stageSince: '2026-01-31T18:01:00.000Z',
      participants: [{ agentId: 'agent-7', state: 'accepted', at: '2026-01-31T18:01:00.000Z' }],
      held: 0,
    });
  });

  it('shows how many messages wait until the contact writes', async () => {
    const who = parties();
    const command = {
      ...who,
      messageId: randomUUID(),
      class: 'transactional' as const,
      acceptedAt: new Date().toISOString(),
    };
    const held = [
      { command: { ...command, content: { type: 'text' as const, text: 'hi' } }, until: command.acceptedAt },
    ];
    await saveSession(who, { held });
    const { json } = await api.call('GET', `/v1/conversations/${who.conversationId}`);
    expect(json).toMatchObject({ held: 1, participants: [] });
  });

  it('has no window on a channel without one', async () => {
    const who = parties({ channel: 'sms', sender: 'alerts' });
    await saveSession(who, { lastCustomerMessageAt: new Date().toISOString() });
    const { json } = await api.call('GET', `/v1/conversations/${who.conversationId}`);
    expect(json).not.toHaveProperty('windowOpenUntil');
  });

  it('of another tenant answers like one that does not exist', async () => {
    const who = parties({ tenant: 'globex', account: 'globex-genesys' });
    await saveSession(who);
    await publishEntries(who, [1]);
    await waitFor(
      async () =>
        (await api.call('GET', `/v1/conversations/${who.conversationId}/timeline`, undefined, { tenant: 'globex' }))
          .status === 200,
      { description: 'its tenant reads the timeline' },
    );
    for (const path of ['', '/timeline', '/transcript']) {
      const [foreign, missing] = await Promise.all(
        [who.conversationId, randomUUID()].map((id) => api.call('GET', `/v1/conversations/${id}${path}`)),
      );
      expect([foreign!.status, foreign!.text]).toEqual([404, missing!.text]);
    }
  });
});

describe('a transcript', () => {
  const line = (sequence: number, kind: string, fact: Record<string, unknown>) => {
    const at = new Date(sequence * 1000).toISOString();
    return { sequence, session: 1, kind, factId: randomUUID(), at, fact };
  };

  it('is what was said in the present session', async () => {
    const who = parties();
    await saveSession(who, { sequence: 3, firstSequence: 1 });
    const key = entriesKey(partitionOf(who.conversationId, PARTITIONS), who.conversationId, 1);
    const opened = line(1, 'session.opened', { reason: 'first-contact' });
    const asked = line(2, 'message.received', { content: { type: 'text', text: 'Where is it?' } });
    const answered = line(3, 'message.sent', { content: { type: 'text', text: 'On its way.' } });
    await redis.client.rpush(key, JSON.stringify([opened, asked]), JSON.stringify([answered]));
    const { status, json } = await api.call('GET', `/v1/conversations/${who.conversationId}/transcript`);
    expect([status, json]).toEqual([
      200,
      {
        conversationId: who.conversationId,
        session: 1,
        lines: [
          { sequence: 2, at: asked.at, by: 'customer', type: 'text', text: 'Where is it?' },
          { sequence: 3, at: answered.at, by: 'business', type: 'text', text: 'On its way.' },
        ],
        omitted: 0,
      },
    ]);
  });
});

describe('the status of a message', () => {
  const progress = (messageId: string) => ({
    ...{ messageId, status: 'failed' as const, at: '2026-01-31T18:00:00.000Z' },
    ...{ reason: 'the window is closed', providerMessageId: 'p-1' },
  });

  it('is what session-state knows as soon as it knows the message', async () => {
    const who = parties();
    const { json } = await api.post({ channel: 'whatsapp', sender: 'support', to: who.contact, text: 'hi' });
    const messageId = json.messageId as string;
    expect((await api.call('GET', `/v1/messages/${messageId}`)).json.status).toBe('queued');
    await saveSession(who, { messages: [progress(messageId)] });
    const expected = { ...progress(messageId), conversationId: who.conversationId };
    expect((await api.call('GET', `/v1/messages/${messageId}`)).json).toEqual(expected);
  });

  it('is known also for messages that did not come through this API, to their tenant alone', async () => {
    const who = parties();
    const messageId = randomUUID();
    await saveSession(who, { messages: [progress(messageId)] });
    expect((await api.call('GET', `/v1/messages/${messageId}`)).json.status).toBe('failed');
    expect((await api.call('GET', `/v1/messages/${messageId}`, undefined, { tenant: 'globex' })).status).toBe(404);
  });
});

describe('a message that goes on by another channel (guide 001, edge case 2)', () => {
  const at = '2026-01-31T18:00:00.000Z';
  const statusOf = async (id: string, tenant: 'acme' | 'globex' = 'acme') =>
    (await api.call('GET', `/v1/messages/${id}`, undefined, { tenant })).json;

  it('shows what it goes on as, and that one what it is sent in place of, before and after it is sent', async () => {
    const [who, there] = [parties(), parties({ channel: 'sms', sender: 'alerts' })];
    const [messageId, next] = [randomUUID(), randomUUID()];
    const divertedTo = { messageId: next, conversationId: there.conversationId, channel: 'sms' as const };
    const reason = 'template-not-approved: template "order" (en_US) is REJECTED';
    await saveSession(who, { messages: [{ messageId, status: 'diverted', at, reason, divertedTo }] });
    await redis.client.set(messageKey(next), who.conversationId);
    expect(await statusOf(messageId)).toMatchObject({ status: 'diverted', reason, divertedTo });
    const goesOn = { messageId: next, conversationId: there.conversationId, divertedFrom: messageId };
    expect(await statusOf(next)).toEqual({ ...goesOn, status: 'queued', at });
    expect(await statusOf(next, 'globex')).toMatchObject({ statusCode: 404 });

    await saveSession(there, { messages: [{ messageId: next, status: 'sent', at, divertedFrom: messageId }] });
    for (const known of [who, there]) {
      await redis.client.set(messageKey(next), known.conversationId);
      expect(await statusOf(next)).toMatchObject({ ...goesOn, status: 'sent' });
    }
  });
});

describe('a timeline', () => {
  it('is read newest first, in pages that have each entry exactly once', async () => {
    const who = parties();
    await publishEntries(who, upTo(11));
    await indexed(who, 11);
    const pages: number[][] = [];
    let query = '?limit=4';
    for (;;) {
      const { json } = await timeline(who, query);
      expect(json).toMatchObject({ conversationId: who.conversationId, complete: true });
      pages.push(sequencesIn(json));
      if (json.next === undefined) break;
      query = `?limit=4&before=${json.next as number}`;
    }
    expect(pages).toEqual([
      [11, 10, 9, 8],
      [7, 6, 5, 4],
      [3, 2, 1],
    ]);
    const [first] = (await timeline(who, '?limit=1')).json.entries as TimelineEntry[];
    const { sequence, session, kind, factId: id, at, fact } = entryOf(who, 11);
    expect(first).toEqual({ sequence, session, kind, factId: id, at, fact });
  });

  it('does not change when entries are delivered again, late or in any order', async () => {
    const who = parties();
    await publishEntries(who, [1, 2, 3, 2, 1, 3, 5, 4, 5, 1, 6]);
    await indexed(who, 6);
    expect(sequencesIn((await timeline(who)).json)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('keeps the newest entries only, and says when older ones are missing', async () => {
    const who = parties();
    await publishEntries(who, upTo(KEPT));
    await indexed(who, KEPT);
    expect((await timeline(who)).json.complete).toBe(true);
    await publishEntries(who, [...upTo(KEPT + 5, KEPT + 1), 1, 2]);
    await publishEntries(who, [KEPT + 6]);
    await indexed(who, KEPT + 6);
    const { json } = await timeline(who, '?limit=200');
    expect(sequencesIn(json)).toEqual(upTo(KEPT + 6, 7).reverse());
    expect(json).toMatchObject({ complete: false });
    expect(json).not.toHaveProperty('next');
  });

  it('of a conversation whose entries are not indexed yet is empty and not called complete', async () => {
    const who = parties();
    await saveSession(who, { sequence: 3 });
    expect((await timeline(who)).json).toEqual({ conversationId: who.conversationId, entries: [], complete: false });
  });

  it.each([
    ['limit=0', 'limit', 'must be a whole number from 1 to 200'],
    ['limit=201', 'limit', 'must be a whole number from 1 to 200'],
    ['limit=ten', 'limit', 'must be a whole number from 1 to 200'],
    ['limit=1&limit=2', 'limit', 'must be a whole number from 1 to 200'],
    ['before=-1', 'before', 'must be a whole number from 1 to'],
    ['before=1.5', 'before', 'must be a whole number from 1 to'],
  ])('with %s is a 400 that names the parameter', async (query, field, reason) => {
    const { status, json } = await timeline(parties(), `?${query}`);
    expect([status, json.details]).toEqual([400, [{ field, reason: expect.stringContaining(reason) }]]);
  });
});
