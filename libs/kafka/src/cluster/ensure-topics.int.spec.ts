import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopic, TOPICS, type TopicDefinition } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import { freePort } from '@heliograph/testing';
import { ConfigResourceTypes } from 'kafkajs';
import { plainTopic, testKafka } from '../spec-support/test-kafka.ts';
import type { KafkaLog } from '../settings.ts';
import { ensureTopics } from './ensure-topics.ts';
import { connectKafka, type Kafka } from './kafka.ts';
import { TopicMismatch } from './topic-mismatch.ts';

const kafka = testKafka();
const admin = kafka.client.admin();
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());

async function found(topic: TopicDefinition, of: Kafka = kafka) {
  const name = of.physical(topic.name);
  const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
  const resources = [{ type: ConfigResourceTypes.TOPIC, name }];
  const { configEntries } = (await admin.describeConfigs({ includeSynonyms: false, resources })).resources[0]!;
  const config = (setting: string) => configEntries.find(({ configName }) => configName === setting)?.configValue;
  return {
    partitions: topics[0]!.partitions.length,
    leaders: topics[0]!.partitions.every(({ leader }) => leader >= 0),
    policy: config('cleanup.policy'),
    retention: config('retention.ms'),
    replaced: config('max.compaction.lag.ms'),
  };
}

describe('ensureTopics', () => {
  const day = 24 * 60 * 60 * 1000;
  it.each<[string, TopicDefinition, object]>([
    [
      'co-partitioned, kept by time',
      TOPICS.conversationTimeline,
      { partitions: 3, policy: 'delete', retention: String(30 * day) },
    ],
    ['compacted within a day', TOPICS.conversationSession, { partitions: 3, policy: 'compact', replaced: String(day) }],
    [
      'kept by time, and erasable before',
      TOPICS.conversationArchive,
      { partitions: 3, policy: 'compact,delete', retention: String(365 * day), replaced: String(day) },
    ],
    ['with its own number of partitions', TOPICS.templateState, { partitions: 1, policy: 'compact' }],
    ['of dead letters', deadLetterTopic(TOPICS.conversationInbound, 'group'), { partitions: 3, policy: 'delete' }],
  ])('creates a topic that is %s, with leaders', async (_title, topic, expected) => {
    await ensureTopics(kafka, [topic]);
    expect(await found(topic)).toMatchObject({ ...expected, leaders: true });
  });

  it('leaves what exists as it is and creates what is missing beside it', async () => {
    const [old, missing] = [plainTopic(2), plainTopic(2)];
    await ensureTopics(kafka, [old]);
    await ensureTopics(kafka, [old, missing]);
    await ensureTopics(kafka, [old, missing]);
    expect(await found(missing)).toMatchObject({ partitions: 2 });
  });

  it('is not disturbed by others that create the same topics at the same time', async () => {
    const topics = Array.from({ length: 4 }, () => plainTopic(3));
    await Promise.all(Array.from({ length: 6 }, (_, i) => ensureTopics(kafka, i % 2 ? topics : [...topics].reverse())));
    for (const topic of topics) expect(await found(topic)).toMatchObject({ partitions: 3, leaders: true });
  });

  it('refuses topics with another number of partitions, naming all of them, and creates nothing then', async () => {
    const [one, two, missing] = [plainTopic(3), plainTopic(4), plainTopic(2)];
    await ensureTopics(kafka, [one, two]);
    const wrong = ensureTopics(kafka, [{ ...one, partitions: 6 }, missing, { ...two, partitions: 2 }]);
    const error = await wrong.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TopicMismatch);
    expect((error as TopicMismatch).mismatches).toEqual([
      { topic: kafka.physical(one.name), found: 3, wanted: 6 },
      { topic: kafka.physical(two.name), found: 4, wanted: 2 },
    ]);
    expect((error as TopicMismatch).message).toMatch(/has 3 partitions, wanted are 6.*Set conversationPartitions/);
    await expect(admin.fetchTopicMetadata({ topics: [kafka.physical(missing.name)] })).rejects.toThrow();
  });

  it('reports retention that differs from the contract, and goes on', async () => {
    const lines: object[] = [];
    const log: KafkaLog = { debug: () => undefined, warn: (fields) => lines.push(fields) };
    const own = connectKafka({ ...kafka.settings }, log);
    const [kept, compacted] = [plainTopic(1, day), plainTopic(1, 'compacted')];
    await ensureTopics(own, [kept, compacted]);
    await ensureTopics(own, [kept, compacted]);
    expect(lines).toEqual([]);
    await ensureTopics(own, [
      { ...kept, retention: 2 * day },
      { ...compacted, retention: day },
    ]);
    expect(lines).toEqual([
      { topic: own.physical(kept.name), setting: 'retention.ms', found: String(day), wanted: String(2 * day) },
      { topic: own.physical(compacted.name), setting: 'cleanup.policy', found: 'compact', wanted: 'delete' },
      { topic: own.physical(compacted.name), setting: 'retention.ms', found: expect.any(String), wanted: String(day) },
    ]);
  });

  it('takes the replication of the broker with -1, and says what the broker refuses', async () => {
    const topic = plainTopic(1);
    await ensureTopics(connectKafka({ ...kafka.settings, replicationFactor: -1 }), [topic]);
    expect(await found(topic)).toMatchObject({ partitions: 1 });
    const impossible = connectKafka({ ...kafka.settings, replicationFactor: 99 });
    await expect(ensureTopics(impossible, [plainTopic(1)])).rejects.toThrow(/plain-.*INVALID_REPLICATION_FACTOR/);
  });

  it('is unavailable without a broker', async () => {
    const nowhere = testKafka({ brokers: [`127.0.0.1:${await freePort()}`] });
    await expect(ensureTopics(nowhere, [plainTopic(1)])).rejects.toBeInstanceOf(Unavailable);
  }, 30_000);
});
