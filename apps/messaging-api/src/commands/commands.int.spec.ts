import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandId, decodeEvent, EVENTS, factId, TOPICS, type Parties } from '@heliograph/contracts';
import { sessionKey } from '@heliograph/conversations';
import { connectKafka, EventPublisher, newEvent, partitionOf } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import {
  followTopic,
  parties,
  testKafkaBrokers,
  testRedisUrl,
  uniqueNamespace,
  waitFor,
  type Following,
  type ReadRecord,
} from '@heliograph/testing';
import { PARTITIONS, startApi, type Call, type StartedApi } from '../../fixtures/started-api.ts';

const namespace = uniqueNamespace('api-commands');
let api: StartedApi;
let redis: RedisClient;
let publisher: EventPublisher;
let reader: Following;
/** Every command on the topic, as an independent reader sees it. */
const commands: ReadRecord[] = [];

beforeAll(async () => {
  const kafkaBrokers = testKafkaBrokers();
  api = await startApi({ kafkaBrokers, redisUrl: testRedisUrl(), namespace, timelineEntries: 5 });
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
  publisher = new EventPublisher(
    connectKafka({ brokers: kafkaBrokers, clientId: 'test', namespace, conversationPartitions: PARTITIONS }),
  );
  reader = await followTopic({
    brokers: kafkaBrokers,
    topic: namespace + TOPICS.conversationCommand.name,
    group: `${namespace}reader`,
    onRecord: (record) => void commands.push(record),
  });
}, 60_000);
afterAll(async () => {
  await reader.close();
  await publisher.close();
  await redis.close();
  await api.service.stop();
});

/** A conversation that session-state knows. */
async function known(tenant = 'acme'): Promise<Parties> {
  const who = parties({ tenant, account: `${tenant}-genesys` });
  const key = sessionKey(partitionOf(who.conversationId, PARTITIONS), who.conversationId);
  await redis.client.hset(
    key,
    'state',
    JSON.stringify({ ...who, state: 'open', session: 1, sequence: 1, messages: [] }),
  );
  return who;
}
const post = (who: Pick<Parties, 'conversationId'>, path: string, body: unknown, options: Call = {}) =>
  api.call('POST', `/v1/conversations/${who.conversationId}/${path}`, body, { key: randomUUID(), ...options });
const onTopic = (id: string) => commands.filter(({ headers }) => headers.ce_id === id);
const statusOf = async (id: unknown) => (await api.call('GET', `/v1/commands/${String(id)}`)).json;

const BODIES: [string, object, string, object][] = [
  [
    'hand-off',
    {
      to: 'queue',
      queueId: 'q',
      priority: 2,
      skills: [{ id: 's', level: 1 }],
      note: 'hurry',
      customerAuthenticated: true,
    },
    'conversation.hand-off',
    { accepted: true },
  ],
  ['hand-off', { to: 'agent', agentId: 'agent-1', accepted: false }, 'conversation.hand-off', {}],
  ['hand-off', { to: 'last-agent' }, 'conversation.hand-off', { accepted: true }],
  ['accept', { agentId: 'agent-1' }, 'participant.accept', {}],
  ['wrap-up', { agentId: 'agent-1', code: 'resolved' }, 'participant.wrap-up', {}],
  ['close', { code: 'resolved', reason: 'content' }, 'conversation.close', {}],
];

describe('a command about a conversation', () => {
  it.each(BODIES)(
    '%s %j is answered with 202 when it is on the topic, in the order of its conversation',
    async (path, body, type, more) => {
      const who = await known();
      const { status, json, headers } = await post(who, path, body);
      expect([status, json.status, json.conversationId]).toEqual([202, 'queued', who.conversationId]);
      expect(headers.get('location')).toBe(`/v1/commands/${String(json.commandId)}`);
      const [record] = await waitFor(
        () => onTopic(json.commandId as string).length > 0 && onTopic(json.commandId as string),
        {
          description: 'the command is on the topic',
        },
      );
      const decoded = decodeEvent(TOPICS.conversationCommand.name, {
        ...record!,
        key: Buffer.from(record!.key!),
      });
      expect(decoded).toMatchObject({ ok: true, event: { type, partitionKey: who.conversationId } });
      expect(record!.json).toEqual({
        ...{ ...who, commandId: json.commandId, acceptedAt: expect.any(String) },
        ...{ ...body, ...more },
      });
    },
    60_000,
  );

  it('that is repeated with the same key is the same command, however its fields are ordered; another one is a 422', async () => {
    const who = await known();
    const key = randomUUID();
    const first = await post(who, 'wrap-up', { agentId: 'a', code: 'c' }, { key });
    const again = await post(who, 'wrap-up', { code: 'c', agentId: 'a' }, { key });
    expect([again.status, again.json]).toEqual([202, first.json]);
    expect(first.json.commandId).toBe(commandId('acme', key));
    await waitFor(() => onTopic(first.json.commandId as string).length === 2, { description: 'both are on the topic' });
    const [one, two] = onTopic(first.json.commandId as string);
    expect(two!.json).toEqual(one!.json);
    for (const [path, body] of [
      ['wrap-up', { agentId: 'a', code: 'other' }],
      ['close', { code: 'c' }],
    ] as const) {
      const other = await post(who, path, body, { key });
      expect([other.status, other.json.details]).toMatchObject([422, [{ field: 'Idempotency-Key' }]]);
    }
    const elsewhere = await post(await known(), 'wrap-up', { agentId: 'a', code: 'c' }, { key });
    expect(elsewhere.status).toBe(422);
  }, 60_000);

  it('of a conversation that there is not, or of another tenant, is a 404 and is not written', async () => {
    const foreign = await known('globex');
    const answers = [
      await post({ conversationId: randomUUID() }, 'close', { code: 'c' }),
      await post(foreign, 'close', { code: 'c' }),
    ];
    for (const { status, json } of answers) {
      expect([status, json.message]).toEqual([404, 'There is no conversation with this id']);
    }
    expect(commands.filter(({ key }) => key === foreign.conversationId)).toEqual([]);
  });

  it.each([
    ['hand-off', {}, 'to', 'must be one of the following values: agent, queue, last-agent'],
    ['hand-off', { to: 'agent' }, 'agentId', 'is needed when to is agent'],
    ['hand-off', { to: 'queue', agentId: 'a' }, 'agentId', 'is only for to: agent'],
    ['hand-off', { to: 'queue', agent: 'a' }, 'agent', 'is not a known field'],
    ['hand-off', { to: 'queue', skills: [{ id: 's', level: -1 }] }, 'skills.0.level', 'must not be less than 0'],
    ['accept', { agentId: '' }, 'agentId', 'should not be empty'],
    ['wrap-up', { agentId: 'a' }, 'code', 'must be shorter'],
    ['close', { code: 'c', expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt', 'is in the past'],
    ['close', { code: 'c', expiresAt: 'tomorrow' }, 'expiresAt', 'must be'],
    ['close', [], '(body)', 'must be a JSON object'],
  ])('%s %j is a 400 that names %s', async (path, body, field, reason) => {
    const { status, json } = await post(await known(), path, body);
    expect(status).toBe(400);
    expect(json.details).toContainEqual({ field, reason: expect.stringContaining(reason) });
  });

  it('without a key, or with an id that is none, is a 400', async () => {
    const who = await known();
    expect((await post(who, 'close', { code: 'c' }, { key: undefined })).status).toBe(400);
    expect((await post({ conversationId: 'x' }, 'close', { code: 'c' })).status).toBe(400);
  });
});

describe('the status of a command', () => {
  async function tell(who: Parties, sequence: number, kind: string, fact: object): Promise<void> {
    const at = new Date().toISOString();
    const id = factId(who.conversationId, sequence);
    const data = { ...who, sequence, session: 1, kind, factId: id, at, fact: fact as Record<string, unknown> };
    const parts = { id, key: who.conversationId, data, tenant: who.tenant, source: '/heliograph/session-state' };
    await publisher.publish([{ contract: EVENTS.timelineEntry, event: newEvent(EVENTS.timelineEntry, parts) }]);
  }
  const becomes = (id: unknown, status: string) =>
    waitFor(async () => (await statusOf(id)).status === status, { description: `the command is ${status}` });

  it('is what the timeline tells of it, before that queued', async () => {
    const who = await known();
    const [one, two, three] = [
      (await post(who, 'accept', { agentId: 'a' })).json.commandId,
      (await post(who, 'close', { code: 'c' })).json.commandId,
      (await post(who, 'close', { code: 'd' })).json.commandId,
    ];
    expect(await statusOf(one)).toMatchObject({ commandId: one, conversationId: who.conversationId, status: 'queued' });
    await tell(who, 1, 'participant.accepted', { commandId: one, agentId: 'a' });
    const why = { code: 'forbidden', reason: 'status 403' };
    await tell(who, 2, 'command.failed', { commandId: two, command: 'conversation.close', ...why });
    await tell(who, 3, 'command.failed', { commandId: three, code: 'unresolved', reason: 'not known' });
    await becomes(three, 'unresolved');
    expect(await statusOf(one)).toMatchObject({ status: 'done', kind: 'participant.accepted', sequence: 1 });
    expect(await statusOf(two)).toMatchObject({ status: 'failed', kind: 'command.failed', ...why });
  }, 60_000);

  it('is unknown when its outcome is older than the entries that are kept', async () => {
    const who = await known();
    const { commandId: id } = (await post(who, 'accept', { agentId: 'a' })).json;
    await tell(who, 1, 'participant.accepted', { commandId: id, agentId: 'a' });
    await becomes(id, 'done');
    for (let sequence = 2; sequence <= 6; sequence++) await tell(who, sequence, 'message.received', {});
    await becomes(id, 'unknown');
  }, 60_000);

  it('of another tenant, or of none, is a 404', async () => {
    const { commandId: id } = (await post(await known(), 'close', { code: 'c' })).json;
    const foreign = await api.call('GET', `/v1/commands/${String(id)}`, undefined, { tenant: 'globex' });
    const missing = await api.call('GET', `/v1/commands/${randomUUID()}`);
    expect([foreign.status, foreign.text]).toEqual([404, missing.text]);
  });
});
