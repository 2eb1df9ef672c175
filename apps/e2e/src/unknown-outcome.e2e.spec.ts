import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TimelineEntry } from '@heliograph/contracts';
import {
  type Accepted,
  type Arrival,
  type FaultRule,
  inParallel,
  randomNumber,
  type SendRequest,
  SENDS,
  System,
  textOf,
  TimelineReader,
  upTo,
  waitFor,
} from '@heliograph/testing';

const STEP = { timeoutMs: 60_000, intervalMs: 100 };
const SENT_OR_UNRESOLVED = new Set(['message.sent', 'message.unresolved']);
const HELD: FaultRule = { kind: 'drop-after-accept', count: 1, delayMs: 60_000 };

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({
    name: 'unknown-outcome',
    services: {
      'provider-simulator': 1,
      // Without it nobody would know whether a STOP is on its way, and messages of campaigns would wait.
      'dedup-router': 1,
      'session-state': 1,
      'outbound-dispatcher': 1,
      'messaging-api': 1,
    },
    requestTimeoutMs: 3_000,
  });
  // Only what is sent matters here.
  await system.simulator.changeWebhooks({ url: null });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

const send = (text: string, over: Partial<SendRequest> = {}): Promise<Accepted> =>
  system.api.send({ channel: 'sms', sender: 'alerts', to: randomNumber(), text, ...over });

/** The fact that says what became of a message. */
async function outcomeOf({
  messageId,
  conversationId,
}: Accepted): Promise<{ kind: string; possiblyRepeated: unknown }> {
  const { kind, fact } = await waitFor(
    () => timeline.of(conversationId).find((entry) => entry.fact.messageId === messageId),
    { ...STEP, description: `message ${messageId} has an outcome` },
  );
  return { kind, possiblyRepeated: fact.possiblyRepeated };
}

/** Waits until the provider has taken a text and keeps the answer back. */
async function takenUnanswered(text: string): Promise<void> {
  await waitFor(async () => (await system.simulator.arrivalsOf(text)).some(({ accepted }) => accepted), {
    ...STEP,
    description: `the provider has taken "${text}"`,
  });
}

describe('a send whose answer the dispatcher did not live to see', () => {
  it(
    'is sent again at most once, and marked as possibly repeated',
    () =>
      system.watch(async () => {
        const text = 'Your parcel has arrived.';
        await system.simulator.setFault({ ...HELD, match: { textIncludes: text } });
        const message = await send(text);
        await takenUnanswered(text);
        await system.replica('outbound-dispatcher').crashAndRestart();
        expect(await outcomeOf(message)).toEqual({ kind: 'message.sent', possiblyRepeated: true });
        await system.replica('outbound-dispatcher').crashAndRestart();
        const next = await send('And another.');
        expect(await outcomeOf(next)).toEqual({ kind: 'message.sent', possiblyRepeated: false });
        expect(await system.simulator.arrivalsOf(text)).toHaveLength(2);
      }),
    180_000,
  );

  it(
    'is not sent again when it belongs to a campaign: it is reported as unresolved',
    () =>
      system.watch(async () => {
        const text = 'Summer sale!';
        const to = randomNumber();
        await system.simulator.setFault({ ...HELD, match: { textIncludes: text } });
        const message = await send(text, { class: 'campaign', to });
        await takenUnanswered(text);
        await system.replica('outbound-dispatcher').crashAndRestart();
        expect(await outcomeOf(message)).toMatchObject({ kind: 'message.unresolved' });
        await waitFor(async () => (await system.api.message(message.messageId)).status === 'unresolved', {
          ...STEP,
          description: 'the API shows it as unresolved',
        });
        // Behind it in its lane: whatever could still be sent of it has been sent by then.
        await outcomeOf(await send('after the sale', { to }));
        expect(await system.simulator.arrivalsOf(text)).toHaveLength(1);
      }),
    180_000,
  );
});

describe('a dispatcher that is killed while it sends', () => {
  it(
    'loses no message and repeats none silently: what arrived twice is marked',
    () =>
      system.watch(async () => {
        const { simulator } = system;
        // Keeps enough requests under way for the kill to hit some of them.
        await simulator.setFault({ kind: 'stall', phase: 'after', delayMs: 300, match: { path: SENDS } });
        const accepted: Accepted[] = [];
        const sending = inParallel(upTo(150), 4, async (place) => accepted.push(await send(`news ${place}`)));
        for (const most of [20, 80]) {
          await waitFor(async () => (await news()).length >= most, { ...STEP, description: `${most} have arrived` });
          await system.replica('outbound-dispatcher').crashAndRestart();
        }
        await sending;
        await inParallel(accepted, 16, outcomeOf);
        await simulator.clearFaults();

        const outcomes = timeline.all().filter((entry) => textOf(entry)?.startsWith('news '));
        expect(new Set(outcomes.map(({ fact }) => fact.messageId)).size).toBe(accepted.length);
        expect(outcomes).toHaveLength(accepted.length);
        // Whoever was hit by both kills has used up its one resend.
        expect(new Set(outcomes.map(({ kind }) => kind)).difference(SENT_OR_UNRESOLVED)).toEqual(new Set());
        const times = Map.groupBy(await news(), ({ text }) => text);
        const timesOf = (entry: TimelineEntry): number => times.get(textOf(entry))?.length ?? 0;
        const isSure = ({ kind, fact }: TimelineEntry): boolean => kind === 'message.sent' && !fact.possiblyRepeated;
        expect(outcomes.filter((entry) => isSure(entry) && timesOf(entry) !== 1)).toEqual([]);
        expect(outcomes.filter((entry) => entry.kind === 'message.sent' && timesOf(entry) === 0)).toEqual([]);
        expect(outcomes.filter((entry) => timesOf(entry) > 2)).toEqual([]);
        // The kills did hit some.
        expect(outcomes.filter((entry) => timesOf(entry) === 2).length).toBeGreaterThan(0);
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    240_000,
  );
});

/** Every arrival of a text of the last test. */
async function news(): Promise<Arrival[]> {
  return (await system.simulator.arrivals()).filter(({ text }) => text?.startsWith('news '));
}
