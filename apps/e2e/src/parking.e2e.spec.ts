import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, parkedTopic, TOPICS, type MessageSent } from '@heliograph/contracts';
import {
  inParallel,
  randomNumber,
  readAll,
  SENDS,
  System,
  upTo,
  waitFor,
  type Arrival,
  type ReadRecord,
} from '@heliograph/testing';

const CONVERSATIONS = 120;
const MESSAGES_EACH = 10;
const ALL = CONVERSATIONS * MESSAGES_EACH;
/** Of commands, per partition. */
const IN_MEMORY = 30;
const PARKED = parkedTopic(TOPICS.conversationCommand, 'outbound-dispatcher');

let system: System;

beforeAll(async () => {
  system = await System.start({
    name: 'parking',
    services: { 'provider-simulator': 1, 'session-state': 1, 'outbound-dispatcher': 1, 'messaging-api': 1 },
    settingsOf: { 'outbound-dispatcher': { LANE_RECORDS: String(IN_MEMORY), PARK_AFTER_MS: '300' } },
  });
  // Only what is sent matters here.
  await system.simulator.changeWebhooks({ url: null });
}, 120_000);

afterAll(() => system?.stop(), 30_000);

const parked = (): Promise<ReadRecord[]> => readAll(system.brokers, system.topic(PARKED));

async function taken(): Promise<Arrival[]> {
  return (await system.simulator.arrivals()).filter(({ accepted, text }) => accepted && text?.startsWith('news '));
}

async function waitForTaken(count: number, description: string): Promise<Arrival[]> {
  const enough = async (): Promise<Arrival[] | false> => {
    const arrivals = await taken();
    return new Set(arrivals.map(({ text }) => text)).size >= count && arrivals;
  };
  return waitFor(enough, { timeoutMs: 90_000, intervalMs: 250, description });
}

async function sentFacts(): Promise<MessageSent[]> {
  const facts = await readAll(system.brokers, system.topic(TOPICS.conversationOutbound));
  return facts
    .filter(({ headers }) => headers.ce_type === EVENTS.messageSent.type)
    .map(({ json }) => json as MessageSent);
}

const placesOf = (records: readonly ReadRecord[]): string[] => records.map(({ headers }) => headers['parked-from']!);

describe('commands of an account that its provider stops for long', () => {
  it(
    'are parked and come back in order, though the dispatcher is killed while they are moved and while they return',
    () =>
      system.watch(async () => {
        const { api, simulator } = system;
        const dispatcher = system.replica('outbound-dispatcher');
        const numbers = upTo(CONVERSATIONS).map(() => randomNumber());
        await simulator.setFault({ kind: 'throttle', count: 1, retryAfterS: 15, match: { path: SENDS } });
        const ids: string[] = [];
        await inParallel(numbers, 8, async (to) => {
          for (const place of upTo(MESSAGES_EACH)) {
            const { messageId } = await api.send({ channel: 'sms', sender: 'alerts', to, text: `news ${to} ${place}` });
            ids.push(messageId);
          }
        });
        await waitFor(async () => (await parked()).length >= ALL / 3, {
          timeoutMs: 60_000,
          intervalMs: 250,
          description: 'a third of the commands is parked',
        });
        await dispatcher.crashAndRestart();
        await waitForTaken(ALL / 4, 'a quarter is sent');
        const before = (await taken()).length;
        await dispatcher.crashAndRestart();
        const arrivals = await waitForTaken(ALL, 'all of it is sent');
        expect(before).toBeLessThan(ALL);

        const copies = await parked();
        // What was in memory is not among them; all else had to be, for the partitions to be read to their ends.
        expect(new Set(placesOf(copies)).size).toBeGreaterThanOrEqual(ALL / 3);
        for (const { headers } of copies) expect(headers['replay-of']).toBe(headers['parked-from']);
        await waitFor(async () => new Set((await sentFacts()).map(({ messageId }) => messageId)).size === ALL, {
          timeoutMs: 30_000,
          intervalMs: 250,
          description: 'every command has its outcome',
        });
        const facts = await sentFacts();
        expect(new Set(facts.map(({ messageId }) => messageId))).toEqual(new Set(ids));
        const marked = new Set(facts.filter((fact) => fact.possiblyRepeated).map(({ content }) => content.text));
        const times = Map.groupBy(arrivals, ({ text }) => text);
        const twice = [...times].filter(([, sends]) => sends.length > 1).map(([text]) => text);
        expect(twice.filter((text) => !marked.has(text))).toEqual([]);
        const byNumber = Map.groupBy(arrivals, ({ text }) => text!.split(' ')[1]!);
        for (const ofOne of byNumber.values()) {
          const places = [...new Set(ofOne.map(({ text }) => Number(text!.split(' ')[2])))];
          expect(places).toEqual(upTo(MESSAGES_EACH));
        }
        await waitFor(async () => (await dispatcher.counter('heliograph_consumer_lag_records')) === 0, {
          timeoutMs: 30_000,
          description: 'commands and parked copies are committed to their ends',
        });
        expect(await dispatcher.counter('heliograph_consumer_parked_records')).toBe(0);
        expect(await dispatcher.isReady()).toBe(true);
      }),
    180_000,
  );
});
