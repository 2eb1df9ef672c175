import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TopicDefinition } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import { freePort, waitFor } from '@heliograph/testing';
import type { Message } from 'kafkajs';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import { plainTopic, produce, testKafka } from '../spec-support/test-kafka.ts';
import { readPartition, type ReadOptions } from './read-partition.ts';

const kafka = testKafka();
const admin = kafka.client.admin();
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());

async function newTopic(retention?: TopicDefinition['retention'], config: Record<string, string> = {}) {
  const topic = plainTopic(2, retention);
  await ensureTopics(kafka, [topic]);
  if (Object.keys(config).length > 0) {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: kafka.physical(topic.name), configEntries }],
    });
  }
  return topic;
}

const message = (value: string, key = 'k'): Message => ({ key, value });
const numbered = (count: number): Message[] => Array.from({ length: count }, (_, i) => message(String(i)));

async function read(topic: TopicDefinition, from?: ReadOptions['from'], partition = 0) {
  const values: string[] = [];
  const offsets: number[] = [];
  const visit: ReadOptions['visit'] = ({ value, offset }) => {
    values.push(value?.toString() ?? 'null');
    offsets.push(offset);
  };
  return { ...(await readPartition(kafka, topic, partition, { from, visit })), values, offsets };
}

describe('readPartition', () => {
  it('of an empty partition ends without a record', async () => {
    const topic = await newTopic();
    expect(await read(topic)).toEqual({ next: 0, records: 0, values: [], offsets: [] });
  });

  it('visits every record of its partition in order, with key, headers and time', async () => {
    const topic = await newTopic();
    await produce(kafka, topic, 0, numbered(10));
    await produce(kafka, topic, 1, [{ key: 'k', value: 'other', headers: { a: 'b' }, timestamp: '1767225600000' }]);
    const { values, offsets, next } = await read(topic);
    expect(values).toEqual(numbered(10).map(({ value }) => value));
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(next).toBe(10);
    const seen: unknown[] = [];
    await readPartition(kafka, topic, 1, { visit: (record) => seen.push(record) });
    expect(seen).toEqual([
      {
        partition: 1,
        offset: 0,
        timestamp: 1767225600000,
        key: Buffer.from('k'),
        value: Buffer.from('other'),
        headers: { a: Buffer.from('b') },
      },
    ]);
  });

  it.each([
    [0, ['0', '1', '2', '3', '4']],
    [3, ['3', '4']],
    [5, []],
    [99, []],
  ])('from offset %d visits %j', async (from, values) => {
    const topic = await newTopic();
    await produce(kafka, topic, 0, numbered(5));
    expect((await read(topic, from)).values).toEqual(values);
  });

  it('leaves out what is written while it reads', async () => {
    const topic = await newTopic();
    await produce(kafka, topic, 0, numbered(3));
    const seen: string[] = [];
    await readPartition(kafka, topic, 0, {
      visit: async ({ value }) => {
        seen.push(String(value));
        await produce(kafka, topic, 0, [message('later')]);
      },
    });
    expect(seen).toEqual(['0', '1', '2']);
  });

  it('starts at the first record that is still kept', async () => {
    const topic = await newTopic();
    await produce(kafka, topic, 0, numbered(5));
    // kafkajs finds the leader only after it was made to look for the topic.
    await admin.fetchTopicOffsets(kafka.physical(topic.name));
    await admin.deleteTopicRecords({ topic: kafka.physical(topic.name), partitions: [{ partition: 0, offset: '3' }] });
    expect((await read(topic)).offsets).toEqual([3, 4]);
    expect((await read(topic, 1)).offsets).toEqual([3, 4]);
    await admin.deleteTopicRecords({ topic: kafka.physical(topic.name), partitions: [{ partition: 0, offset: '5' }] });
    expect(await read(topic)).toMatchObject({ next: 5, records: 0 });
  });

  it('reads a partition of many megabytes whole', async () => {
    const topic = await newTopic();
    const big = 'x'.repeat(100_000);
    for (let batch = 0; batch < 20; batch++) {
      await produce(
        kafka,
        topic,
        0,
        Array.from({ length: 9 }, (_, i) => message(`${batch * 9 + i} ${big}`)),
      );
    }
    const numbers: number[] = [];
    const { records } = await readPartition(kafka, topic, 0, {
      visit: ({ value }) => numbers.push(parseInt(String(value))),
    });
    expect(records).toBe(180);
    expect(numbers).toEqual(Array.from({ length: 180 }, (_, i) => i));
  });

  it('visits committed transactions only, and ends behind the marker at the end', async () => {
    const topic = await newTopic();
    const producer = kafka.client.producer({ transactionalId: topic.name, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    for (const [value, commit] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: kafka.physical(topic.name), messages: [{ ...message(value), partition: 0 }] });
      await (commit ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    // The markers of the last transaction may be written a moment after its end is acknowledged.
    const result = await waitFor(async () => (await read(topic)).next === 8 && read(topic), {
      description: 'all markers',
    });
    expect(result).toMatchObject({ values: ['a', 'c'], offsets: [0, 4], next: 8, records: 2 });
  });

  it('passes over what compaction took away', async () => {
    const compactSoon = { 'cleanup.policy': 'compact', 'segment.ms': '1', 'min.cleanable.dirty.ratio': '0.001' };
    const topic = await newTopic('compacted', compactSoon);
    // Idempotent, since compaction leaves an empty batch behind as the last one of such a producer.
    for (let i = 0; i < 4; i++)
      await produce(kafka, topic, 0, [message(`old-${i}`), message(`new-${i}`)], { idempotent: true });
    await produce(kafka, topic, 0, [message('other', 'j')]);
    await produce(kafka, topic, 0, [message('last', 'z')]);
    const compacted = await waitFor(async () => (await read(topic)).records === 3 && read(topic), {
      description: 'the topic is compacted',
      timeoutMs: 60_000,
      intervalMs: 500,
    });
    expect(compacted).toMatchObject({ values: ['new-3', 'other', 'last'], next: 10 });
  }, 90_000);

  it('throws what the visitor throws, and stops there', async () => {
    const topic = await newTopic();
    await produce(kafka, topic, 0, numbered(3));
    const problem = new Error('cannot take it');
    let visits = 0;
    const visit = () => {
      if (++visits === 2) throw problem;
    };
    await expect(readPartition(kafka, topic, 0, { visit })).rejects.toBe(problem);
    expect(visits).toBe(2);
  });

  it('is unavailable for a partition that does not exist, and without a broker', async () => {
    const topic = await newTopic();
    await expect(readPartition(kafka, topic, 7, { visit: () => undefined })).rejects.toBeInstanceOf(Unavailable);
    const nowhere = testKafka({ brokers: [`127.0.0.1:${await freePort()}`] });
    await expect(readPartition(nowhere, topic, 0, { visit: () => undefined })).rejects.toBeInstanceOf(Unavailable);
  });
});
