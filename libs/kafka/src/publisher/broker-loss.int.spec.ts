import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import { startPrivateKafka, type RunningKafka } from '@heliograph/testing';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { followTopic } from '../readers/follow-topic.ts';
import { readPartition } from '../readers/read-partition.ts';
import { testKafka, webhookEvent } from '../spec-support/test-kafka.ts';
import { EventPublisher } from './event-publisher.ts';

const contract = EVENTS.webhookReceived;
let broker: RunningKafka;
let kafka: Kafka;
let publisher: EventPublisher;

beforeAll(async () => {
  broker = await startPrivateKafka();
  kafka = testKafka({ brokers: broker.brokers, conversationPartitions: 1 });
  await ensureTopics(kafka, [contract.topic]);
  publisher = new EventPublisher(kafka);
}, 180_000);
afterEach(() => broker.resume());
afterAll(async () => {
  await publisher?.close();
  await broker?.stop();
}, 60_000);

/** What an answer that did not heed its deadline of 1.5 s would have waited for; far above the lateness of a busy machine. */
const NO_DEADLINE_MS = 15_000;

const publish = (id: string, withinMs = 2 * NO_DEADLINE_MS) =>
  publisher.publish([{ contract, event: webhookEvent(id, 'k') }], { deadline: Date.now() + withinMs });

async function ids(): Promise<string[]> {
  const found: string[] = [];
  await readPartition(kafka, contract.topic, 0, { visit: ({ headers }) => found.push(String(headers.ce_id)) });
  return [...new Set(found)];
}

describe('while the broker is lost', () => {
  it('a publish is answered by its deadline, and what comes after the broker is back is written in order', async () => {
    await publish('before-pause');
    await broker.pause();
    const begin = Date.now();
    const answers = await Promise.allSettled(['a', 'b', 'c'].map((id) => publish(`paused-${id}`, 1_500)));
    expect(Date.now() - begin).toBeLessThan(NO_DEADLINE_MS);
    for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) });
    const waiting = ['d', 'e', 'f'].map((id) => publish(`waited-${id}`));
    await broker.resume();
    await Promise.all(waiting);
    const acknowledged = ['before-pause', 'waited-d', 'waited-e', 'waited-f'];
    expect((await ids()).filter((id) => acknowledged.includes(id))).toEqual(acknowledged);
  }, 60_000);

  it('a killed broker loses nothing that was acknowledged and swaps nothing of a key', async () => {
    const acknowledged: string[] = [];
    const run = (async () => {
      for (let i = 0; i < 100_000 && !acknowledged.includes('stop'); i++) {
        await publish(`run-${i}`, 60_000);
        acknowledged.push(`run-${i}`);
      }
    })();
    const enough = (count: number) =>
      new Promise<void>((resolve) => {
        const timer = setInterval(() => acknowledged.length >= count && (clearInterval(timer), resolve()), 5);
      });
    await enough(200);
    await broker.kill();
    const begin = Date.now();
    await expect(publish('while-dead', 1_500)).rejects.toBeInstanceOf(Unavailable);
    expect(Date.now() - begin).toBeLessThan(NO_DEADLINE_MS);
    await broker.restart();
    await enough(acknowledged.length + 200);
    acknowledged.push('stop');
    await run;
    const sent = acknowledged.filter((id) => id.startsWith('run-'));
    expect((await ids()).filter((id) => id.startsWith('run-'))).toEqual(sent);
  }, 120_000);

  it('a followed topic goes on where it was, and visits nothing twice', async () => {
    const seen: number[] = [];
    const followed = followTopic(kafka, contract.topic, { visit: ({ offset }) => seen.push(offset) });
    await followed.caughtUp;
    await broker.kill();
    await broker.restart();
    await publish('after-restart');
    const { next } = await readPartition(kafka, contract.topic, 0, { visit: () => undefined });
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => seen.length >= next && (clearInterval(timer), resolve()), 20);
    });
    expect(seen).toEqual(Array.from({ length: next }, (_, offset) => offset));
    expect(followed.problem()).toBeUndefined();
    await followed.close();
  }, 120_000);
});
