import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@heliograph/testing';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { partitionEnds } from '../cluster/partition-ends.ts';
import { LaneConsumer } from '../consumer/lane-consumer.ts';
import { openSource } from '../consumer/open-source.ts';
import { LaneFreshness } from '../freshness/lane-freshness.ts';
import { blocked, done, type Outcome } from '../outcome.ts';
import { openGate } from '../partition-gate.ts';
import type { Delivery } from '../delivery.ts';
import { KAFKA_CLIENTS } from '../settings.ts';
import { newGroup, QUICK } from '../spec-support/source-rig.ts';
import { TOPIC } from '../spec-support/scripted-consumer.ts';
import { plainTopic, produce, testKafka, webhookMessage } from '../spec-support/test-kafka.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A stage whose moments are the numbers of its looks. */
async function stage(kafka: Kafka, group: string, handle: (delivery: Delivery) => Promise<Outcome> = async () => done) {
  const marks = new Map<number, number>();
  const consumer = new LaneConsumer({
    topics: [TOPIC],
    source: openSource(kafka, group, [TOPIC]),
    gate: openGate,
    deadLetters: { write: async () => undefined } as never,
    handle,
    onCrash: () => undefined,
    observer: { received() {}, finished() {}, failed() {}, dead() {}, event() {} },
    commitIntervalMs: 50,
  });
  let looks = 0;
  const log = { info() {}, warn() {} };
  const options = {
    topic: TOPIC,
    asOf: async () => ++looks,
    mark: async (partition: number, moment: unknown) => void marks.set(partition, moment as number),
    everyMs: 20,
  };
  const freshness = new LaneFreshness({ kafka, group, log }, options, consumer);
  await consumer.start();
  freshness.start();
  let isOpen = true;
  const stop = async () => {
    if (!isOpen) return;
    isOpen = false;
    await freshness.stop();
    await consumer.stop();
  };
  closers.push(stop);
  const marked = (...partitions: number[]) =>
    waitFor(() => partitions.every((partition) => marks.has(partition)), {
      description: `marks of ${partitions.join()}`,
    });
  /** Every one of these partitions is marked with a moment that comes after this call. */
  const marksAnew = (...partitions: number[]) => {
    const from = looks + 1;
    const isAnew = (partition: number) => (marks.get(partition) ?? 0) >= from;
    return waitFor(() => partitions.every(isAnew), { description: `later marks of ${partitions.join()}` });
  };
  const looksAgain = () => {
    const from = looks;
    return waitFor(() => looks > from + 2, { description: 'a look that began later has ended' });
  };
  return { marks, marked, marksAnew, stop, looksAgain };
}

describe.each(KAFKA_CLIENTS)('freshness on %s', (client) => {
  const open = async () => {
    const kafka = testKafka({ ...QUICK, client });
    await ensureTopics(kafka, [TOPIC]);
    return kafka;
  };

  it('is told where each partition ends, behind everything that was acknowledged', async () => {
    const kafka = testKafka({ ...QUICK, client });
    const topic = plainTopic(3);
    await ensureTopics(kafka, [topic]);
    const ends = partitionEnds(kafka, topic);
    closers.push(() => ends.close());
    const asked = () => ends.ask().catch(() => undefined);
    expect(await waitFor(asked, { description: 'the new topic has its leaders' })).toEqual(
      new Map([
        [0, 0],
        [1, 0],
        [2, 0],
      ]),
    );
    await produce(kafka, topic, 1, [{ value: 'a' }, { value: 'b' }]);
    expect((await ends.ask()).get(1)).toBe(2);
  });

  it('marks partitions without traffic, and those of which everything was handled before a restart', async () => {
    const kafka = await open();
    const group = newGroup();
    await produce(kafka, TOPIC, 1, [webhookMessage('a', 'k'), webhookMessage('b', 'k')]);
    const first = await stage(kafka, group);
    await first.marksAnew(0, 1, 2);
    await first.stop();
    const second = await stage(kafka, group);
    await second.marked(0, 1, 2);
  }, 60_000);

  it('does not move while a record waits, and others go on; then it does', async () => {
    const kafka = await open();
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    let isReleased = false;
    void released.then(() => (isReleased = true));
    const waiting = await stage(kafka, newGroup(), async ({ event }) =>
      event.id === 'waits' && !isReleased ? blocked('for the test', released) : done,
    );
    await waiting.marksAnew(0, 1, 2);
    await produce(kafka, TOPIC, 1, [webhookMessage('waits', 'k')]);
    // A look that was under way may have asked before the record was there; from the one after on none is reached.
    await waiting.looksAgain();
    const before = waiting.marks.get(1);
    await waiting.marksAnew(0, 2);
    expect(waiting.marks.get(1)).toBe(before);
    release();
    await waiting.marksAnew(1);
  }, 60_000);

  it('passes over transaction markers at the end of a partition', async () => {
    const kafka = await open();
    const watched = await stage(kafka, newGroup());
    const producer = kafka.client.producer({
      transactionalId: kafka.physical('t'),
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    for (const commit of [true, false]) {
      const transaction = await producer.transaction();
      await transaction.send({
        topic: kafka.physical(TOPIC.name),
        messages: [{ ...webhookMessage(String(commit), 'k'), partition: 0 }],
      });
      await (commit ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    await watched.marksAnew(0, 1, 2);
  }, 60_000);

  it('is handed over: of two members each marks the partitions it has, and none marks when its owner is gone', async () => {
    const kafka = await open();
    const group = newGroup();
    const [one, two] = [await stage(kafka, group), await stage(kafka, group)];
    const either = () => [0, 1, 2].every((partition) => one.marks.has(partition) || two.marks.has(partition));
    await waitFor(() => two.marks.size > 0 && either(), { timeoutMs: 30_000, description: 'both mark' });
    await two.stop();
    one.marks.clear();
    await one.marked(0, 1, 2);
    await one.stop();
    const last = new Map(one.marks);
    await produce(kafka, TOPIC, 0, [webhookMessage('late', 'k')]);
    expect(one.marks).toEqual(last);
  }, 60_000);
});
