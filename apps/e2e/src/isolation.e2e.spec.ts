import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Accepted,
  type Arrival,
  inParallel,
  randomNumber,
  System,
  textOf,
  TimelineReader,
  upTo,
  waitFor,
} from '@heliograph/testing';

const OTHERS = 1_000;
const FAILING = 'this one fails';

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({
    name: 'isolation',
    services: {
      'provider-simulator': 1,
      'ingress-webhooks': 1,
      'dedup-router': 1,
      'session-state': 1,
      'outbound-dispatcher': 1,
      'messaging-api': 1,
    },
    // A failing message is tried twice, and each time keeps its lane so long and 2 s more.
    requestTimeoutMs: 8_000,
    webhook: { receipts: [{ status: 'delivered', afterMs: 20 }] },
  });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

const send = (to: string, text: string): Promise<Accepted> =>
  system.api.send({ channel: 'sms', sender: 'alerts', to, text });
const sendsOf = (arrivals: Arrival[], texts: string[]): Arrival[] =>
  arrivals.filter(({ text }) => text !== undefined && texts.includes(text));

describe('a message that fails for good', () => {
  it(
    'delays only its own conversation while 1,000 others flow; what is behind it goes out after it, in order',
    () =>
      system.watch(async () => {
        const { simulator } = system;
        await simulator.setFault({ kind: 'status', match: { textIncludes: FAILING } });
        const unlucky = randomNumber();
        const before = await send(unlucky, 'before');
        const failing = await send(unlucky, FAILING);
        await send(unlucky, 'behind 1');
        await send(unlucky, 'behind 2');
        await waitFor(async () => (await simulator.arrivalsOf(FAILING)).length > 0, {
          timeoutMs: 30_000,
          description: 'the message has failed once',
        });
        expect(await simulator.arrivalsOf('behind 1')).toEqual([]);

        const customers = new Set<string>();
        while (customers.size < OTHERS) customers.add(randomNumber());
        await inParallel([...customers], 16, (number) => send(number, `hello ${number}`));
        const isDelivered = (): number =>
          timeline
            .ofKind('message.status-reported')
            .filter(({ conversationId }) => conversationId !== before.conversationId).length;
        await waitFor(() => isDelivered() >= OTHERS, {
          timeoutMs: 90_000,
          intervalMs: 200,
          description: 'the 1,000 others are sent and delivered',
        });
        const isGivenUp = (): boolean =>
          timeline.of(failing.conversationId).some(({ kind }) => kind === 'message.unresolved');
        await waitFor(isGivenUp, { timeoutMs: 90_000, description: 'the failing message is given up, as a fact' });
        await waitFor(async () => (await simulator.arrivalsOf('behind 2')).length > 0, {
          timeoutMs: 30_000,
          description: 'what is behind it is sent',
        });

        const arrivals = await simulator.arrivals();
        const tries = sendsOf(arrivals, [FAILING]);
        const [firstTry, lastTry] = [tries[0]!.at, tries.at(-1)!.at];
        const others = arrivals.filter(({ text }) => text?.startsWith('hello '));
        expect(others).toHaveLength(OTHERS);
        expect(others.every(({ accepted }) => accepted)).toBe(true);
        expect(tries.map(({ accepted }) => accepted)).toEqual([false, false]);
        const behind = sendsOf(arrivals, ['behind 1', 'behind 2']);
        expect(behind.map(({ text }) => text)).toEqual(['behind 1', 'behind 2']);
        expect(behind[0]!.at).toBeGreaterThan(lastTry);
        // The others went while its lane waited, not afterwards.
        expect(others.filter(({ at }) => at > firstTry && at < behind[0]!.at).length).toBeGreaterThan(OTHERS / 2);
        const told = timeline
          .of(failing.conversationId)
          .filter((entry) => /^message\.(sent|unresolved)$/.test(entry.kind));
        expect(told.map((entry) => [entry.kind, textOf(entry)])).toEqual([
          ['message.sent', 'before'],
          ['message.unresolved', FAILING],
          ...upTo(2).map((place) => ['message.sent', `behind ${place}`]),
        ]);
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    300_000,
  );
});
