import { afterEach, describe, expect, it } from '@jest/globals';
import { EVENTS, type TopicDefinition } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import { connectKafka, type Kafka } from '../cluster/kafka.ts';
import { plainTopic, produce, testKafka, webhookMessage } from '../spec-support/test-kafka.ts';
import { followTopic, type FollowedTopic, type FollowOptions } from './follow-topic.ts';

const followers: FollowedTopic[] = [];
afterEach(() => Promise.all(followers.splice(0).map((follower) => follower.close())));

/** A Kafka and topic of its own: contracts are found by topic name. */
async function setUp(partitions = 3): Promise<{ kafka: Kafka; topic: TopicDefinition }> {
  const kafka = testKafka({ conversationPartitions: partitions });
  const { topic } = EVENTS.webhookReceived;
  await ensureTopics(kafka, [topic]);
  return { kafka, topic };
}

function follow(kafka: Kafka, topic: TopicDefinition, options: Partial<FollowOptions> = {}) {
  const ids: string[] = [];
  const followed = followTopic(kafka, topic, { visit: ({ event }) => ids.push(event.id), ...options });
  followers.push(followed);
  return { followed, ids };
}

describe('followTopic', () => {
  it('has caught up with an empty topic at once', async () => {
    const { kafka, topic } = await setUp();
    const { followed, ids } = follow(kafka, topic);
    expect(followed.problem()).toMatch(/still being read/);
    await followed.caughtUp;
    expect(followed.problem()).toBeUndefined();
    expect(ids).toEqual([]);
    expect(followed.lag()).toBe(0);
  });

  it('visits everything of every partition before it has caught up, then what is written, each once', async () => {
    const { kafka, topic } = await setUp();
    const idsOf = (partition: number, from: number) => Array.from({ length: 20 }, (_, i) => `${partition}-${from + i}`);
    const write = async (partition: number, from: number) =>
      produce(
        kafka,
        topic,
        partition,
        idsOf(partition, from).map((id) => webhookMessage(id, 'k')),
      );
    for (const partition of [0, 1, 2]) await write(partition, 0);
    const { followed, ids } = follow(kafka, topic);
    await followed.caughtUp;
    expect(ids).toHaveLength(60);
    for (const partition of [0, 1, 2]) await write(partition, 20);
    await waitFor(() => ids.length >= 120, { description: 'all are visited' });
    for (const partition of [0, 1, 2]) {
      expect(ids.filter((id) => id.startsWith(`${partition}-`))).toEqual([
        ...idsOf(partition, 0),
        ...idsOf(partition, 20),
      ]);
    }
    expect(followed.lag()).toBe(0);
  });

  it('waits for a visitor that takes its time, and keeps the order', async () => {
    const { kafka, topic } = await setUp(1);
    await produce(
      kafka,
      topic,
      0,
      ['a', 'b', 'c'].map((id) => webhookMessage(id, 'k')),
    );
    const steps: string[] = [];
    const { followed } = follow(kafka, topic, {
      visit: async ({ event }) => {
        steps.push(`${event.id} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        steps.push(`${event.id} ends`);
      },
    });
    await followed.caughtUp;
    expect(steps).toEqual(['a', 'b', 'c'].flatMap((id) => [`${id} begins`, `${id} ends`]));
  });

  it('tells of removed keys and passes over records that are no events', async () => {
    const { kafka, topic } = await setUp(1);
    const warned: unknown[] = [];
    const log = { debug: () => undefined, warn: (fields: object) => warned.push(fields) };
    await produce(kafka, topic, 0, [
      webhookMessage('a', 'k'),
      { key: 'k', value: 'no event' },
      { key: 'gone', value: null },
      webhookMessage('b', 'k'),
    ]);
    const removed: string[] = [];
    const { followed, ids } = follow(connectKafka(kafka.settings, log), topic, { removed: (key) => removed.push(key) });
    await followed.caughtUp;
    expect({ ids, removed }).toEqual({ ids: ['a', 'b'], removed: ['gone'] });
    expect(warned).toEqual([expect.objectContaining({ partition: 0, offset: 1 })]);
  });

  it('stops and says so when the visitor throws', async () => {
    const { kafka, topic } = await setUp(1);
    await produce(
      kafka,
      topic,
      0,
      ['a', 'b'].map((id) => webhookMessage(id, 'k')),
    );
    const failures: Error[] = [];
    const problem = new Error('cannot take it');
    const visit = () => {
      throw problem;
    };
    const { followed } = follow(kafka, topic, { visit, onFailure: (error) => failures.push(error) });
    await expect(followed.caughtUp).rejects.toBe(problem);
    expect(failures).toEqual([problem]);
    expect(followed.problem()).toMatch(/cannot take it/);
  });

  it('keeps trying while the topic is not there yet, and says why', async () => {
    const kafka = testKafka();
    const topic = { ...plainTopic(1), name: EVENTS.webhookReceived.topic.name };
    const { followed } = follow(kafka, topic);
    await waitFor(() => followed.problem()?.includes('cannot be read'), { description: 'the first try failed' });
    await ensureTopics(kafka, [topic]);
    await followed.caughtUp;
    expect(followed.problem()).toBeUndefined();
  });

  it('that is closed ends and rejects who waits for it', async () => {
    const { followed } = follow(testKafka(), plainTopic(1));
    await followed.close();
    await expect(followed.caughtUp).rejects.toThrow(/was stopped/);
  });
});
