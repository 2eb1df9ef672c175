import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TopicDefinition } from '@heliograph/contracts';
import { testKafkaBrokers, waitFor } from '@heliograph/testing';
import { committedOffset } from '../cluster/committed-offset.ts';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import { connectKafka } from '../cluster/kafka.ts';
import { KAFKA_CLIENTS } from '../settings.ts';
import { KafkaProxy } from '../spec-support/kafka-proxy.ts';
import { Members, newGroup, QUICK, type Member } from '../spec-support/source-rig.ts';
import { plainTopic, produce, testKafka } from '../spec-support/test-kafka.ts';

const members = new Members();
let proxy: KafkaProxy;
beforeAll(async () => {
  proxy = await KafkaProxy.start(testKafkaBrokers()[0]!);
});
afterEach(async () => {
  proxy.thaw();
  await members.stopAll();
});
afterAll(() => proxy.stop());

const all = (list: readonly Member[]) => list.flatMap(({ numbers }) => [...numbers]).sort((a, b) => a - b);
const isRising = (numbers: readonly number[]) => numbers.every((n, i) => i === 0 || n >= numbers[i - 1]!);

describe.each(KAFKA_CLIENTS)('members of a group on %s', (client) => {
  const kafka = testKafka({ ...QUICK, client });
  const stuck = () => connectKafka({ ...kafka.settings, brokers: [proxy.address] });
  const other = connectKafka({ ...kafka.settings, client: KAFKA_CLIENTS.find((one) => one !== client)! });

  async function newTopics(...partitions: number[]): Promise<TopicDefinition[]> {
    const topics = partitions.map((count) => plainTopic(count));
    await ensureTopics(kafka, topics);
    return topics;
  }

  it('have the same partition numbers of every topic, and keep theirs as far as the spread allows', async () => {
    const topics = await newTopics(6, 6, 2);
    const first = await members.start(kafka, topics);
    await first.has(6);
    const second = await members.start(kafka, topics, first.group);
    await Promise.all([first.has(3), second.has(3)]);
    for (const { owned, numbers } of [first, second]) {
      const [one, two, small] = topics.map(({ name }) => owned!.get(name));
      expect(two).toEqual(one);
      expect(small).toEqual(numbers.filter((n) => n < 2));
    }
    const kept = first.numbers;
    const third = await members.start(kafka, topics, first.group);
    await Promise.all([first.has(2), second.has(2), third.has(2)]);
    expect(kept).toEqual(expect.arrayContaining([...first.numbers]));
    expect(all([first, second, third])).toEqual([0, 1, 2, 3, 4, 5]);
    const [left, right] = [first.numbers, third.numbers];
    await second.source.stop();
    await Promise.all([first.has(3), third.has(3)]);
    expect(first.numbers).toEqual(expect.arrayContaining([...left]));
    expect(third.numbers).toEqual(expect.arrayContaining([...right]));
  });

  it('share a group with members of the other client, so that a service can change over replica by replica', async () => {
    const topics = await newTopics(4, 4);
    const old = await members.start(other, topics);
    await old.has(4);
    const fresh = await members.start(kafka, topics, old.group);
    await Promise.all([old.has(2), fresh.has(2)]);
    expect(all([old, fresh])).toEqual([0, 1, 2, 3]);
    const kept = fresh.numbers;
    await old.source.stop();
    await fresh.has(4);
    expect(fresh.numbers).toEqual(expect.arrayContaining([...kept]));
  });

  it('are told a generation only by heartbeats that proved it, one generation per assignment, and rising', async () => {
    const topics = await newTopics(2);
    const first = await members.start(kafka, topics);
    await first.has(2);
    const second = await members.start(kafka, topics, first.group);
    await Promise.all([first.has(1), second.has(1)]);
    await second.source.stop();
    await first.has(2);
    for (const { events, generations } of [first, second]) {
      expect(events[0]?.kind).toBe('assigned');
      expect(isRising(generations)).toBe(true);
      let perAssignment = new Set<number>();
      const proven: Set<number>[] = [];
      for (const event of events) {
        if (event.kind === 'assigned') proven.push((perAssignment = new Set()));
        else if (event.kind === 'heartbeat') perAssignment.add(event.generation);
      }
      expect(Math.max(...proven.map(({ size }) => size))).toBe(1);
      expect(new Set(generations).size).toBe(proven.filter(({ size }) => size > 0).length);
    }
    expect(first.events.some(({ kind }) => kind === 'rebalancing')).toBe(true);
    expect(Math.max(...second.generations)).toBeGreaterThan(Math.min(...first.generations));
  });

  it('take over from one that fell silent; its late commit is refused, and it comes back under a later generation', async () => {
    const [topic] = (await newTopics(1)) as [TopicDefinition];
    await produce(
      kafka,
      topic,
      0,
      Array.from({ length: 10 }, (_, i) => ({ key: 'k', value: String(i) })),
    );
    const group = newGroup();
    const zombie = await members.start(stuck(), [topic], group);
    await zombie.sees(10);
    await zombie.has(1);
    const commit = (member: Member, offset: number) =>
      member.source.commit([{ topic: topic.name, partition: 0, offset }]);
    await commit(zombie, 2);
    proxy.freeze();
    const late = commit(zombie, 3).then(
      () => 'taken',
      () => 'refused',
    );
    const heir = await members.start(kafka, [topic], group);
    await heir.sees(8);
    await heir.has(1);
    expect(heir.offsets(topic)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    await commit(heir, 9);
    const proven = Math.max(...heir.generations);
    proxy.thaw();
    expect(await late).toBe('refused');
    await heir.source.stop();
    await waitFor(() => zombie.generations.at(-1)! > proven && zombie.numbers.length === 1, {
      timeoutMs: 30_000,
      description: 'the zombie is a member again',
    });
    expect(await committedOffset(kafka, group, topic, 0)).toBe(9);
    // What it reads now begins where the group is, or later, where it was itself.
    await produce(kafka, topic, 0, [{ key: 'k', value: 'new' }]);
    await waitFor(() => zombie.offsets(topic).includes(10), { description: 'the zombie reads on' });
    expect(zombie.crashes).toEqual([]);
  }, 90_000);

  it('end within a few seconds when nothing is answered any more', async () => {
    const topics = await newTopics(1);
    const member = await members.start(stuck(), topics);
    await member.has(1);
    proxy.freeze();
    await member.source.stop();
    expect(member.crashes).toEqual([]);
  });

  it('read on after their connections were lost, without a gap and without joining anew', async () => {
    const [topic] = (await newTopics(1)) as [TopicDefinition];
    const member = await members.start(stuck(), [topic]);
    await member.has(1);
    for (let round = 0; round < 3; round++) {
      await produce(kafka, topic, 0, [{ key: 'k', value: String(round) }]);
      await member.sees(round + 1);
      proxy.cutAll();
    }
    const beats = member.generations.length;
    await waitFor(() => member.generations.length > beats + 2, {
      timeoutMs: 30_000,
      description: 'heartbeats are answered',
    });
    expect([...new Set(member.offsets(topic))]).toEqual([0, 1, 2]);
    expect(new Set(member.generations).size).toBe(1);
  });
});
