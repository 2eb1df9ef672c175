import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, factId, messageId, TOPICS, type TimelineEntry } from '@heliograph/contracts';
import { connectKafka, EventPublisher, newEvent } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import {
  parties,
  randomNumber,
  readAll,
  startPrivateKafka,
  startPrivateRedis,
  waitFor,
  type RunningKafka,
  type RunningRedis,
} from '@heliograph/testing';
import { PARTITIONS, startApi, type Answer, type StartedApi } from '../../fixtures/started-api.ts';

let kafka: RunningKafka;
let redis: RunningRedis;
let api: StartedApi;

beforeAll(async () => {
  [kafka, redis] = await Promise.all([startPrivateKafka(), startPrivateRedis()]);
  api = await startApi({ kafkaBrokers: kafka.brokers, redisUrl: redis.url });
}, 180_000);

afterAll(async () => {
  await api.service.stop();
  await Promise.all([kafka.stop(), redis.stop()]);
}, 60_000);

const message = () => ({ channel: 'whatsapp', sender: 'support', to: randomNumber(), text: 'hello' });

const send = (body: object, key: string) => api.call('POST', '/v1/messages', body, { key });

async function timed(answer: Promise<Answer>): Promise<Answer & { ms: number }> {
  const began = performance.now();
  return { ...(await answer), ms: performance.now() - began };
}

function expectUnavailable({ status, json, headers, ms }: Answer & { ms: number }): void {
  expect([status, json.statusCode, json.error]).toEqual([503, 503, 'Service Unavailable']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  // Its deadline is 2 s; a busy machine adds to it, a deadline not heeded would be 30 s.
  expect(ms).toBeLessThan(10_000);
}

const isReady = async () => (await fetch(`${api.service.address}/health/ready`)).ok;
const accepted = (body: object, key: string) =>
  waitFor(
    async () => {
      const answer = await send(body, key);
      return answer.status === 202 && answer;
    },
    { timeoutMs: 40_000, description: 'sends are accepted again' },
  );

describe('while Kafka does not take commands', () => {
  it('a send gets 503 and is shown as accepting; repeated with the same key it is accepted under the same id', async () => {
    const body = message();
    await kafka.pause();
    const refused = await timed(send(body, 'kafka-away'));
    const id = messageId('acme', 'kafka-away');
    const meanwhile = await api.call('GET', `/v1/messages/${id}`);
    await kafka.resume();
    expectUnavailable(refused);
    expect(meanwhile.json.status).toBe('accepting');
    const answer = await accepted(body, 'kafka-away');
    expect(answer.json.messageId).toBe(id);
    expect((await api.call('GET', `/v1/messages/${id}`)).json.status).toBe('queued');
    const topic = TOPICS.conversationCommand.name;
    const written = (await readAll(kafka.brokers, topic)).filter(({ headers }) => headers.ce_id === id);
    expect(written.length).toBeGreaterThanOrEqual(1);
    expect(new Set(written.map(({ value }) => value!.toString())).size).toBe(1);
  }, 90_000);
});

describe('while Redis is away', () => {
  it('sends and reads get 503 and the service is not ready; afterwards both go on', async () => {
    const body = message();
    await redis.kill();
    await waitFor(async () => !(await isReady()), { description: 'the service is not ready' });
    expectUnavailable(await timed(send(body, 'redis-away')));
    expectUnavailable(await timed(api.call('GET', `/v1/messages/${crypto.randomUUID()}`)));
    expectUnavailable(await timed(api.call('GET', `/v1/conversations/${crypto.randomUUID()}/timeline`)));
    expect((await fetch(`${api.service.address}/health/live`)).ok).toBe(true);
    await redis.restart();
    await accepted(body, 'redis-away');
    await waitFor(isReady, { description: 'the service is ready again' });
  }, 90_000);
});

describe('when Redis was lost', () => {
  const who = parties();
  let publisher: EventPublisher;

  beforeAll(() => {
    const options = { brokers: kafka.brokers, clientId: 'test', conversationPartitions: PARTITIONS };
    publisher = new EventPublisher(connectKafka(options));
  });
  afterAll(() => publisher.close());

  async function publishEntry(sequence: number): Promise<void> {
    const contract = EVENTS.timelineEntry;
    const { conversationId: key, tenant } = who;
    const id = factId(key, sequence);
    const facts = { kind: 'message.received', factId: id, at: new Date().toISOString(), fact: {} };
    const data: TimelineEntry = { ...who, sequence, session: 1, ...facts };
    const event = newEvent(contract, { id, key, data, tenant, source: '/heliograph/session-state' });
    await publisher.publish([{ contract, event }]);
  }

  const timelineIs = (expected: number[]) =>
    waitFor(
      async () => {
        const { json } = await api.call('GET', `/v1/conversations/${who.conversationId}/timeline`);
        const found = (json.entries as TimelineEntry[] | undefined)?.map(({ sequence }) => sequence);
        return JSON.stringify(found) === JSON.stringify(expected);
      },
      { timeoutMs: 40_000, description: `the timeline is ${expected.join()}` },
    );

  it('the timelines are rebuilt from the topic before anything is added to them', async () => {
    for (const sequence of [1, 2, 3]) await publishEntry(sequence);
    await timelineIs([3, 2, 1]);
    const client = new RedisClient({ url: redis.url, namespace: '' });
    await client.whenUp();
    await client.client.flushall();
    await client.close();
    await publishEntry(4);
    await timelineIs([4, 3, 2, 1]);
  }, 90_000);

  it('an empty Redis in its place is noticed without a new entry', async () => {
    await redis.restart({ empty: true });
    await timelineIs([4, 3, 2, 1]);
    await publishEntry(5);
    await timelineIs([5, 4, 3, 2, 1]);
  }, 90_000);
});
