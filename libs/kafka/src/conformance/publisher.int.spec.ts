import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, type TopicDefinition } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import { testKafkaBrokers, waitFor } from '@heliograph/testing';
import fc from 'fast-check';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import { connectKafka } from '../cluster/kafka.ts';
import { readPartition } from '../readers/read-partition.ts';
import { KAFKA_CLIENTS, type KafkaClient } from '../settings.ts';
import { KafkaProxy, type Fate } from '../spec-support/kafka-proxy.ts';
import { plainTopic, testKafka, webhookEvent } from '../spec-support/test-kafka.ts';
import { EventPublisher, type OutgoingEvent, type PublisherOptions } from '../publisher/event-publisher.ts';
import { RecordTooLarge } from '../publisher/record-too-large.ts';

/** Past the proxy. */
const direct = testKafka();
let proxy: KafkaProxy;
beforeAll(async () => {
  proxy = await KafkaProxy.start(testKafkaBrokers()[0]!);
});
afterAll(() => proxy.stop());

const publishers: EventPublisher[] = [];
afterEach(async () => {
  proxy.request = proxy.answer = () => 'forward';
  await Promise.all(publishers.splice(0).map((publisher) => publisher.close()));
});

function openPublisher(client: KafkaClient, options: PublisherOptions): EventPublisher {
  const through = connectKafka({ ...direct.settings, client, brokers: [proxy.address] });
  const made = new EventPublisher(through, { deadlineMs: 30_000, closeWithinMs: 5_000, ...options });
  publishers.push(made);
  return made;
}

async function newTopic(partitions = 3): Promise<TopicDefinition> {
  const topic = plainTopic(partitions);
  await ensureTopics(direct, [topic]);
  return topic;
}

function event(topic: TopicDefinition, id: string, key = 'k', text = ''): OutgoingEvent {
  return { contract: { type: EVENTS.webhookReceived.type, topic }, event: webhookEvent(id, key, { id, text }) };
}

/** Ids on the topic per key, in their order, with repeats. */
async function written(topic: TopicDefinition): Promise<Map<string, string[]>> {
  const ids = new Map<string, string[]>();
  for (let partition = 0; partition < direct.partitionsOf(topic); partition++) {
    await readPartition(direct, topic, partition, {
      visit: ({ key, headers }) => {
        const name = String(key);
        ids.set(name, [...(ids.get(name) ?? []), String(headers.ce_id)]);
      },
    });
  }
  return ids;
}

const firsts = (ids: readonly string[] = []) => [...new Set(ids)];
const size = (bytes: number) => 'x'.repeat(bytes);

describe.each(KAFKA_CLIENTS)('the publisher on %s', (client) => {
  const publisher = (options: PublisherOptions = {}) => openPublisher(client, options);

  it('writes what is published, in order, and takes what comes meanwhile into the next batch', async () => {
    const topic = await newTopic();
    const own = publisher();
    await own.publish([event(topic, 'first')]);
    const before = proxy.produced;
    await Promise.all(Array.from({ length: 200 }, (_, i) => own.publish([event(topic, String(i))])));
    expect((await written(topic)).get('k')).toEqual(['first', ...Array.from({ length: 200 }, (_, i) => String(i))]);
    expect(proxy.produced - before).toBeLessThan(5);
  });

  it('loses nothing and swaps nothing of a key, whatever answers and requests are lost', async () => {
    const fate = fc.constantFrom<Fate>('forward', 'forward', 'forward', 'cut', 'swallow');
    const faults = fc.array(fc.record({ request: fate, answer: fate }), { minLength: 8, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(faults, async (script) => {
        const topic = await newTopic();
        const [requests, answers] = [script.map((f) => f.request), script.map((f) => f.answer)];
        proxy.request = () => requests.shift() ?? 'forward';
        proxy.answer = () => answers.shift() ?? 'forward';
        const own = publisher({ tryTimeoutMs: 100 });
        const keys = Array.from({ length: 10 }, (_, i) => `key-${i}`);
        const ids = Array.from({ length: 12 }, (_, i) => String(i));
        for (const id of ids.slice(0, 6)) await Promise.all(keys.map((key) => own.publish([event(topic, id, key)])));
        // Not waited for one by one: the order of the calls has to do.
        await Promise.all(ids.slice(6).flatMap((id) => keys.map((key) => own.publish([event(topic, id, key)]))));
        const found = await written(topic);
        expect(keys.map((key) => firsts(found.get(key)))).toEqual(keys.map(() => ids));
        await own.close();
      }),
      { numRuns: 6 },
    );
  }, 120_000);

  it('repeats a batch whose answer is lost, the same records in the same order', async () => {
    const topic = await newTopic(1);
    const own = publisher({ tryTimeoutMs: 1_000 });
    await own.publish([event(topic, 'warm')]);
    const answers: Fate[] = ['swallow'];
    proxy.answer = () => answers.shift() ?? 'forward';
    await Promise.all(['a', 'b', 'c'].map((id) => own.publish([event(topic, id)])));
    await own.publish([event(topic, 'd')]);
    expect((await written(topic)).get('k')).toEqual(['warm', 'a', 'b', 'c', 'a', 'b', 'c', 'd']);
  });

  it('refuses an oversized record by itself, before anything of its call is sent', async () => {
    const topic = await newTopic(1);
    const own = publisher();
    const results = await Promise.allSettled([
      own.publish([event(topic, 'before')]),
      own.publish([event(topic, 'beside-1'), event(topic, 'huge', 'k', size(900_000)), event(topic, 'beside-2')]),
      own.publish([event(topic, 'after')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(RecordTooLarge);
    expect((await written(topic)).get('k')).toEqual(['before', 'after']);
  });

  it('finds the record the broker calls too large and writes the others of the batch', async () => {
    const [small, large] = [await newTopic(3), await newTopic(3)];
    const admin = direct.client.admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: '3000' }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: direct.physical(small.name), configEntries }],
    });
    await admin.disconnect();
    const own = publisher();
    const publish = (topic: TopicDefinition, id: string, bytes = 0) =>
      own.publish([event(topic, id, 'k', size(bytes))]);
    const results = await Promise.allSettled([
      publish(large, 'l1', 5_000),
      ...['a', 'b', 'c'].map((id) => publish(small, id)),
      publish(small, 'too-large', 4_000),
      ...['d', 'e', 'f'].map((id) => publish(small, id)),
      publish(large, 'l2', 5_000),
    ]);
    const rejected = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
    expect(rejected).toEqual([expect.any(RecordTooLarge)]);
    expect(firsts((await written(small)).get('k'))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(firsts((await written(large)).get('k'))).toEqual(['l1', 'l2']);
  });

  it('splits what is too much for one request and keeps its order', async () => {
    const topic = await newTopic(1);
    const ids = Array.from({ length: 30 }, (_, i) => String(i));
    const before = proxy.produced;
    await publisher().publish(ids.map((id) => event(topic, id, 'k', size(100_000))));
    expect((await written(topic)).get('k')).toEqual(ids);
    expect(proxy.produced - before).toBe(4);
  });

  it.each([
    ['a topic that does not exist', async () => plainTopic(3), /UNKNOWN_TOPIC_OR_PARTITION/],
    [
      'a partition its topic does not have',
      async () => ({ ...(await newTopic(1)), partitions: 50 }),
      /NO_SUCH_PARTITION/,
    ],
  ])('is unavailable for %s at once, and writes the rest of the batch', async (_title, wrongTopic, reason) => {
    const [wrong, right] = [await wrongTopic(), await newTopic(1)];
    const own = publisher();
    const results = await Promise.allSettled([
      own.publish([event(right, 'a')]),
      own.publish([event(wrong, 'x', 'key')]),
      own.publish([event(right, 'b')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({
      name: 'Unavailable',
      message: expect.stringMatching(reason),
    });
    expect(firsts((await written(right)).get('k'))).toEqual(['a', 'b']);
    await own.publish([event(right, 'c')]);
  });

  it('answers by the deadline and does not send again afterwards', async () => {
    const topic = await newTopic(1);
    const own = publisher();
    await own.publish([event(topic, 'warm')]);
    proxy.request = () => 'cut';
    const begin = Date.now();
    await expect(own.publish([event(topic, 'late')], { deadline: begin + 1_000 })).rejects.toBeInstanceOf(Unavailable);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(990);
    expect(own.problem()).toMatch(/^Kafka does not take records: /);
    proxy.request = () => 'forward';
    await own.publish([event(topic, 'next')]);
    expect((await written(topic)).get('k')).toEqual(['warm', 'next']);
    expect(own.problem()).toBeUndefined();
  });

  it('answers by the deadline while a try hangs, and the others of its batch go on', async () => {
    const topic = await newTopic(1);
    const own = publisher({ tryTimeoutMs: 3_000 });
    await own.publish([event(topic, 'warm')]);
    const answers: Fate[] = ['swallow'];
    proxy.answer = () => answers.shift() ?? 'forward';
    const patient = own.publish([event(topic, 'patient')]);
    let isPatientDone = false;
    void patient.then(() => (isPatientDone = true));
    const hasty = own.publish([event(topic, 'hasty')], { deadline: Date.now() + 300 });
    await expect(hasty).rejects.toBeInstanceOf(Unavailable);
    expect(isPatientDone).toBe(false);
    await patient;
    expect((await written(topic)).get('k')).toEqual(['warm', 'patient', 'hasty', 'patient']);
  });

  it('sends nothing whose deadline had passed when it was published', async () => {
    const topic = await newTopic(1);
    const own = publisher();
    await expect(own.publish([event(topic, 'old')], { deadline: Date.now() - 1 })).rejects.toBeInstanceOf(Unavailable);
    await own.publish([event(topic, 'new')]);
    expect((await written(topic)).get('k')).toEqual(['new']);
  });

  it('takes a connection that ended while nothing was sent as no failure', async () => {
    const topic = await newTopic(1);
    const own = publisher();
    await own.publish([event(topic, 'a')]);
    proxy.cutAll();
    await own.publish([event(topic, 'b')]);
    expect(firsts((await written(topic)).get('k'))).toEqual(['a', 'b']);
  });

  it('refuses more when too much is waiting', async () => {
    const topic = await newTopic(1);
    const own = publisher({ waitingBytes: 10_000 });
    const first = own.publish([event(topic, 'a', 'k', size(9_000))]);
    await expect(own.publish([event(topic, 'b', 'k', size(2_000))])).rejects.toThrow(/bytes wait already/);
    await first;
    await own.publish([event(topic, 'c', 'k', size(2_000))]);
  });

  it('copies a record byte for byte, without a key to the first partition', async () => {
    const topic = await newTopic(3);
    const own = publisher();
    const value = Buffer.from([0xff, 0x00, 0x7b]);
    await own.publishRecord(topic, { key: null, value, headers: { text: 'ü', bytes: Buffer.from([0xfe]) } });
    await own.publishRecord(topic, { key: null, value: null, headers: {} });
    const records: unknown[] = [];
    await readPartition(direct, topic, 0, {
      visit: ({ key, value, headers }) => records.push({ key, value, headers }),
    });
    expect(records).toEqual([
      { key: null, value, headers: { text: Buffer.from('ü'), bytes: Buffer.from([0xfe]) } },
      { key: null, value: null, headers: {} },
    ]);
  });

  it('refuses an event without a key', async () => {
    await expect(publisher().publish([event(await newTopic(), 'a', '')])).rejects.toThrow(
      /without a key there is no order/,
    );
  });
});

describe.each(KAFKA_CLIENTS)('closing the publisher on %s', (client) => {
  const publisher = (options: PublisherOptions = {}) => openPublisher(client, options);

  it('writes what is waiting, and refuses what comes later', async () => {
    const topic = await newTopic(1);
    const own = publisher();
    const publishing = Array.from({ length: 50 }, (_, i) => own.publish([event(topic, String(i))]));
    await own.close();
    await Promise.all(publishing);
    await expect(own.publish([event(topic, 'later')])).rejects.toThrow(/closed/);
    expect((await written(topic)).get('k')).toHaveLength(50);
  });

  it('ends within its bound when nothing is answered, and leaves no timer and no connection', async () => {
    const topic = await newTopic(1);
    const resources = () =>
      process.getActiveResourcesInfo().filter((name) => /Timeout|TCPSocketWrap/.test(name)).length;
    const own = publisher({ closeWithinMs: 200, tryTimeoutMs: 5_000 });
    await own.publish([event(topic, 'warm')]);
    await own.close();
    const before = resources();
    // A try alone would outlast the test.
    const hanging = publisher({ closeWithinMs: 200, tryTimeoutMs: 120_000 });
    proxy.answer = () => 'swallow';
    const unanswered = hanging.publish([event(topic, 'a')]).catch((error: unknown) => error);
    await hanging.close();
    expect(await unanswered).toMatchObject({ name: 'Unavailable' });
    proxy.cutAll();
    await waitFor(() => resources() <= before, { description: 'nothing is left open' });
  });
});
