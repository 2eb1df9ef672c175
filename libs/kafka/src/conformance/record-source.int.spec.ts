import { afterEach, describe, expect, it } from '@jest/globals';
import type { TopicDefinition } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import type { Message } from 'kafkajs';
import { withAdmin } from '../cluster/admin.ts';
import { committedOffset } from '../cluster/committed-offset.ts';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import { connectKafka, type Kafka } from '../cluster/kafka.ts';
import { KAFKA_CLIENTS } from '../settings.ts';
import { keepingLog, Members, newGroup, QUICK } from '../spec-support/source-rig.ts';
import { plainTopic, produce, testKafka } from '../spec-support/test-kafka.ts';

const members = new Members();
afterEach(() => members.stopAll());

const numbered = (count: number, from = 0): Message[] =>
  Array.from({ length: count }, (_, i) => ({ key: 'k', value: String(from + i) }));

async function newTopic(kafka: Kafka, partitions = 1): Promise<TopicDefinition> {
  const topic = plainTopic(partitions);
  await ensureTopics(kafka, [topic]);
  return topic;
}

describe.each(KAFKA_CLIENTS)('a record source on %s', (client) => {
  const kafka = testKafka({ ...QUICK, client });
  const other = KAFKA_CLIENTS.find((one) => one !== client)!;

  it('starts a new group with the first record, and hands out each record of a partition once and in order', async () => {
    const topic = await newTopic(kafka, 2);
    for (let at = 0; at < 300; at += 100) await produce(kafka, topic, 0, numbered(100, at));
    await produce(kafka, topic, 1, numbered(3));
    const member = await members.start(kafka, [topic]);
    await member.sees(300);
    await member.sees(3, topic, 1);
    await produce(kafka, topic, 0, numbered(5, 300));
    await member.sees(305);
    expect(member.offsets(topic)).toEqual(Array.from({ length: 305 }, (_, i) => i));
    expect(member.offsets(topic, 1)).toEqual([0, 1, 2]);
    const values = member.seen.filter(({ partition }) => partition === 0).map(({ value }) => Number(value));
    expect(values).toEqual(member.offsets(topic));
    expect(member.ends.get(`${topic.name}/0`)).toBe(305);
  });

  it('keeps keys, values and headers as they were written: null, empty, binary, and a name that comes twice', async () => {
    const topic = await newTopic(kafka);
    const bytes = Buffer.from([0xff, 0x00, 0x7b]);
    const messages: Message[] = [
      { key: null, value: bytes, headers: { text: 'ü', bytes, twice: ['a', 'b'], empty: '' } },
      { key: bytes, value: null },
      { key: 'k', value: Buffer.alloc(0) },
    ];
    await produce(kafka, topic, 0, messages);
    const member = await members.start(kafka, [topic]);
    await member.sees(3);
    const headers = {
      text: Buffer.from('ü'),
      bytes,
      twice: [Buffer.from('a'), Buffer.from('b')],
      empty: Buffer.alloc(0),
    };
    const common = { topic: topic.name, partition: 0 };
    expect(member.seen).toEqual([
      { ...common, offset: 0, key: null, value: bytes, headers, bytes: 3 },
      { ...common, offset: 1, key: bytes, value: null, headers: {}, bytes: 3 },
      { ...common, offset: 2, key: Buffer.from('k'), value: Buffer.alloc(0), headers: {}, bytes: 1 },
    ]);
  });

  it('goes on behind what its group has committed, whatever the other client committed before', async () => {
    const topic = await newTopic(kafka);
    await produce(kafka, topic, 0, numbered(10));
    const before = await members.start(connectKafka({ ...kafka.settings, client: other }), [topic]);
    await before.sees(10);
    await before.source.commit([{ topic: topic.name, partition: 0, offset: 4 }]);
    await before.source.stop();
    const member = await members.start(kafka, [topic], before.group);
    await member.sees(6);
    expect(member.offsets(topic)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('hands out nothing of a paused partition, not even of a fetch under way, and goes on where it was', async () => {
    const topic = await newTopic(kafka, 2);
    const member = await members.start(kafka, [topic]);
    await produce(kafka, topic, 0, numbered(2));
    await member.sees(2);
    for (let round = 0; round < 5; round++) {
      member.source.pause(topic.name, 0);
      const seen = member.offsets(topic).length;
      await produce(kafka, topic, 0, numbered(2));
      await produce(kafka, topic, 1, numbered(1));
      await member.sees(round + 1, topic, 1);
      expect(member.offsets(topic)).toHaveLength(seen);
      member.source.resume(topic.name, 0);
      await member.sees(seen + 2);
    }
    expect(member.offsets(topic)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  it('passes over transaction markers and what aborted transactions wrote', async () => {
    const topic = await newTopic(kafka);
    const producer = kafka.client.producer({ transactionalId: topic.name, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    for (const [value, commit] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: kafka.physical(topic.name), messages: [{ key: 'k', value, partition: 0 }] });
      await (commit ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    await produce(kafka, topic, 0, numbered(1));
    const member = await members.start(kafka, [topic]);
    await member.sees(3);
    expect(member.seen.map(({ value }) => String(value))).toEqual(['a', 'c', '0']);
    expect(member.offsets(topic)).toEqual([0, 4, 8]);
  });

  it('goes on with the earliest record when its offset is out of range, and raises an alarm', async () => {
    const topic = await newTopic(kafka);
    await produce(kafka, topic, 0, numbered(10));
    const before = await members.start(kafka, [topic]);
    await before.sees(10);
    await before.source.commit([{ topic: topic.name, partition: 0, offset: 3 }]);
    await before.source.stop();
    const physical = kafka.physical(topic.name);
    await withAdmin(kafka, async (admin) => {
      await admin.fetchTopicOffsets(physical);
      await admin.deleteTopicRecords({ topic: physical, partitions: [{ partition: 0, offset: '8' }] });
    });
    const log = keepingLog();
    const member = await members.start(connectKafka(kafka.settings, log), [topic], before.group);
    await member.sees(2);
    expect(member.offsets(topic)).toEqual([8, 9]);
    expect(log.warnings).toContainEqual({ group: before.group, topic: topic.name, partition: 0 });
  });

  it('passes over what compaction took away', async () => {
    const topic = plainTopic(1, 'compacted');
    await ensureTopics(kafka, [topic]);
    const physical = kafka.physical(topic.name);
    const configEntries = Object.entries({
      'cleanup.policy': 'compact',
      'segment.ms': '1',
      'min.cleanable.dirty.ratio': '0.001',
    }).map(([name, value]) => ({ name, value }));
    await withAdmin(kafka, (admin) =>
      admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: physical, configEntries }] }),
    );
    for (const value of ['a', 'b', 'c']) {
      await produce(kafka, topic, 0, [{ key: 'k', value }], { idempotent: true });
    }
    await produce(kafka, topic, 0, [{ key: 'last', value: 'z' }]);
    const offsets = await waitFor(
      async () => {
        const member = await members.start(kafka, [topic]);
        await waitFor(() => member.offsets(topic).includes(3), { timeoutMs: 20_000, description: 'the last record' });
        await member.source.stop();
        return !member.offsets(topic).some((offset) => offset < 2) && member.offsets(topic);
      },
      { timeoutMs: 80_000, intervalMs: 1_000, description: 'the topic is compacted' },
    );
    expect(offsets).toEqual([2, 3]);
  }, 100_000);

  it('leaves its group when it is stopped, and holds no connection then', async () => {
    const topic = await newTopic(kafka, 4);
    const first = await members.start(kafka, [topic]);
    await first.has(4);
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const open = sockets();
    await first.source.stop();
    await waitFor(() => sockets() < open, { description: 'its connections are closed' });
    await withAdmin(kafka, async (admin) => {
      const { groups } = await admin.describeGroups([kafka.physicalGroup(first.group)]);
      expect(groups[0]).toMatchObject({ state: 'Empty', members: [] });
    });
  });

  it('commits what it is told, per partition', async () => {
    const topic = await newTopic(kafka, 2);
    const member = await members.start(kafka, [topic]);
    await member.has(2);
    const offsets = [0, 1].map((partition) => ({ topic: topic.name, partition, offset: 7 + partition }));
    await member.source.commit(offsets);
    expect(await committedOffset(kafka, member.group, topic, 0)).toBe(7);
    expect(await committedOffset(kafka, member.group, topic, 1)).toBe(8);
  });

  it('reports once, as a crash, what does not pass by itself, and can be stopped then', async () => {
    const topic = await newTopic(kafka);
    const group = newGroup();
    const stranger = kafka.client.consumer({ groupId: kafka.physicalGroup(group), maxWaitTimeInMs: 100 });
    await stranger.connect();
    await stranger.subscribe({ topics: [kafka.physical(topic.name)] });
    await stranger.run({ eachMessage: async () => undefined });
    const member = await members.start(kafka, [topic], group);
    await waitFor(() => member.crashes.length > 0, { timeoutMs: 30_000, description: 'the crash is reported' });
    await member.source.stop();
    await stranger.disconnect();
    expect(member.crashes).toEqual([expect.any(Error)]);
    expect(member.events).toEqual([]);
  });
});
