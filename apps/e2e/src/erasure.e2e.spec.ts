import { TOPICS, type TopicDefinition } from '@heliograph/contracts';
import { RedisClient } from '@heliograph/redis';
import {
  parties,
  randomNumber,
  readAll,
  redisContents,
  System,
  testRedisUrl,
  TimelineReader,
  waitFor,
} from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const STEP = { timeoutMs: 30_000 };
const ASKED = 'where is my parcel 4711';
const ANSWERED = 'it is at the harbour 4712';
/** Topics whose newest record of a key is kept for good, and the one that is kept for a year. */
const STATE_TOPICS: readonly TopicDefinition[] = [
  ...Object.values<TopicDefinition>(TOPICS).filter(({ retention }) => retention === 'compacted'),
  TOPICS.conversationArchive,
];

let system: System;
let timeline: TimelineReader;
let redis: RedisClient;

beforeAll(async () => {
  system = await System.start({ name: 'erasure' });
  timeline = await TimelineReader.start(system);
  redis = new RedisClient({ url: testRedisUrl(), namespace: system.namespace });
  await redis.whenUp();
}, 120_000);

afterAll(async () => {
  await redis?.close();
  await timeline?.close();
  await system?.stop();
}, 30_000);

/** What is left of each key when all older records of it are compacted away. */
async function newest(topic: TopicDefinition): Promise<string[]> {
  const left = new Map<string, string>();
  for (const { key = '', value } of await readAll(system.brokers, system.topic(topic))) {
    if (value === null) left.delete(key);
    else left.set(key, `${topic.name} ${key} ${value.toString()}`);
  }
  return [...left.values()];
}

/** Where the system still knows one of the words. */
async function traces(...words: string[]): Promise<string[]> {
  const topics = STATE_TOPICS.filter(({ name }) => !name.startsWith('campaign.'));
  const kept = await Promise.all([redisContents(redis.client, system.namespace), ...topics.map(newest)]);
  return kept.flat().filter((text) => words.some((word) => text.includes(word)));
}

describe('a contact who is erased over the API', () => {
  it(
    'is known to no state and not to the CRM any more, is still opted out, and starts anew when they write again',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const customer = randomNumber();
        const digits = customer.replace('+', '');
        await simulator.customerWrites({ from: customer, text: ASKED });
        const { conversationId } = parties({ contact: customer });
        const kinds = () => timeline.of(conversationId).map(({ kind }) => kind);
        await waitFor(() => kinds().includes('message.received'), { ...STEP, description: 'they are heard' });
        await api.send({ channel: 'whatsapp', sender: 'support', to: customer, text: ANSWERED });
        await waitFor(() => kinds().includes('message.sent'), { ...STEP, description: 'they talk' });
        await simulator.customerWrites({ from: customer, text: 'STOP' });
        const inCrm = async () => (await simulator.contactsOf(digits)).length;
        await waitFor(async () => (await inCrm()) > 0, { ...STEP, description: 'the CRM knows them' });
        expect((await traces(digits, ASKED, ANSWERED)).length).toBeGreaterThan(3);

        await api.erase('whatsapp', customer);
        await waitFor(() => kinds().at(-1) === 'contact.erased', { ...STEP, description: 'it is on the timeline' });
        let left: string[] = [];
        await waitFor(async () => (left = await traces(digits, ASKED, ANSWERED)).length === 0, {
          ...STEP,
          description: 'nothing of them is left',
        }).catch(() => expect(left).toEqual([]));
        await waitFor(async () => (await inCrm()) === 0, { ...STEP, description: 'the CRM has forgotten them' });
        const { status } = await api.trySend({ channel: 'sms', sender: 'alerts', to: customer, text: 'hello' });
        expect(status).toBe(403);

        const known = timeline.of(conversationId).length;
        await simulator.customerWrites({ from: customer, text: 'it is me again' });
        await waitFor(() => kinds().length > known, { ...STEP, description: 'they are heard' });
        expect(timeline.of(conversationId)[known]).toMatchObject({ kind: 'session.opened', sequence: known + 1 });
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    120_000,
  );
});
