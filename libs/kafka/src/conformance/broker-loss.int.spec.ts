import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, TOPICS } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import { startPrivateKafka, waitFor, type RunningKafka } from '@heliograph/testing';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { EventPublisher } from '../publisher/event-publisher.ts';
import { followTopic } from '../readers/follow-topic.ts';
import { readPartition } from '../readers/read-partition.ts';
import { KAFKA_CLIENTS } from '../settings.ts';
import { newGroup, QUICK } from '../spec-support/source-rig.ts';
import { Storm } from '../spec-support/storm.ts';
import { testKafka, webhookEvent } from '../spec-support/test-kafka.ts';

const contract = EVENTS.webhookReceived;

/** One client, with topics and a publisher of its own, on a broker that all share: each fault costs its time once. */
interface Side {
  readonly kafka: Kafka;
  readonly publisher: EventPublisher;
}

let broker: RunningKafka;
let sides: Side[] = [];
let storms: { kafka: Kafka; storm: Storm }[] = [];

beforeAll(async () => {
  broker = await startPrivateKafka();
  sides = KAFKA_CLIENTS.map((client) => {
    const kafka = testKafka({ ...QUICK, client, brokers: broker.brokers, conversationPartitions: 1 });
    return { kafka, publisher: new EventPublisher(kafka) };
  });
  for (const { kafka } of sides) await ensureTopics(kafka, [contract.topic]);
}, 180_000);
afterEach(async () => {
  await broker.resume();
  await Promise.all(storms.splice(0).map(({ storm }) => storm.end()));
});
afterAll(async () => {
  await Promise.all(sides.map(({ publisher }) => publisher.close()));
  await broker?.stop();
}, 60_000);

const onBoth = <T>(run: (side: Side) => Promise<T>): Promise<T[]> => Promise.all(sides.map(run));

const publish = ({ publisher }: Side, id: string, withinMs = 30_000) =>
  publisher.publish([{ contract, event: webhookEvent(id, 'k') }], { deadline: Date.now() + withinMs });

async function ids({ kafka }: Side): Promise<string[]> {
  const found: string[] = [];
  await readPartition(kafka, contract.topic, 0, { visit: ({ headers }) => found.push(String(headers.ce_id)) });
  return [...new Set(found)];
}

describe(`while the broker is lost, on ${KAFKA_CLIENTS.join(' and ')}`, () => {
  it('a publish is answered by its deadline, and what comes after the broker is back is written in order', async () => {
    await onBoth((side) => publish(side, 'before-pause'));
    await broker.pause();
    await onBoth(async (side) => {
      // They are answered while the broker is still away.
      const answers = await Promise.allSettled(['a', 'b', 'c'].map((id) => publish(side, `paused-${id}`, 1_500)));
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) });
      }
    });
    const waiting = onBoth((side) => Promise.all(['d', 'e', 'f'].map((id) => publish(side, `waited-${id}`))));
    await broker.resume();
    await waiting;
    const acknowledged = ['before-pause', 'waited-d', 'waited-e', 'waited-f'];
    for (const found of await onBoth(ids)) {
      expect(found.filter((id) => acknowledged.includes(id))).toEqual(acknowledged);
    }
  }, 60_000);

  it('a killed broker loses nothing that was acknowledged and swaps nothing of a key', async () => {
    const acknowledged = new Map(sides.map((side) => [side, [] as string[]]));
    let isOver = false;
    const run = onBoth(async (side) => {
      for (let i = 0; !isOver; i++) {
        await publish(side, `run-${i}`, 60_000);
        acknowledged.get(side)!.push(`run-${i}`);
      }
    });
    const counts = () => [...acknowledged.values()].map(({ length }) => length);
    const oneMoreHundred = async () => {
      const before = counts();
      const isThere = () => counts().every((count, i) => count >= before[i]! + 100);
      await waitFor(isThere, { timeoutMs: 60_000, description: 'a hundred more are acknowledged' });
    };
    await oneMoreHundred();
    await broker.kill();
    await onBoth((side) => expect(publish(side, 'while-dead', 1_500)).rejects.toBeInstanceOf(Unavailable));
    await broker.restart();
    await oneMoreHundred();
    isOver = true;
    await run;
    for (const side of sides) {
      expect((await ids(side)).filter((id) => id.startsWith('run-'))).toEqual(acknowledged.get(side));
    }
  }, 120_000);

  it('readers go on when the broker is back: a consumer loses, swaps and skips nothing, a followed topic repeats nothing', async () => {
    storms = sides.map(({ kafka }) => ({ kafka, storm: new Storm(kafka, TOPICS.webhookReceived, newGroup(), 10) }));
    const foreign = new Set((await onBoth(ids)).flat());
    const all = (run: (one: (typeof storms)[number]) => Promise<unknown>) => Promise.all(storms.map(run));
    const visited: number[] = [];
    const { kafka } = sides[0]!;
    const followed = followTopic(kafka, contract.topic, { visit: ({ offset }) => visited.push(offset) });
    await followed.caughtUp;
    await all(({ kafka, storm }) => storm.join(kafka));
    await all(({ storm }) => storm.publish(100));
    await all(({ storm }) => storm.handled());
    await broker.kill();
    const publishing = all(({ storm }) => storm.publish(100));
    await broker.restart();
    await publishing;
    await all(({ storm }) => storm.handled());
    for (const { storm } of storms) {
      const { lost, swapped, unknown } = storm.ledger.report();
      const strangers = unknown.filter((id) => !foreign.has(id));
      expect({ lost, swapped, strangers }).toEqual({ lost: [], swapped: [], strangers: [] });
      expect({ faults: storm.faults, crashes: storm.crashes }).toEqual({ faults: [], crashes: [] });
    }
    const { next } = await readPartition(kafka, contract.topic, 0, { visit: () => undefined });
    await waitFor(() => visited.length >= next, { timeoutMs: 60_000, description: 'everything is visited' });
    expect(visited).toEqual(Array.from({ length: next }, (_, offset) => offset));
    expect(followed.problem()).toBeUndefined();
    await followed.close();
  }, 120_000);
});
