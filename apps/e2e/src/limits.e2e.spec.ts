import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, TOPICS, type MessageSent } from '@heliograph/contracts';
import { type Arrival, inParallel, randomNumber, readAll, SENDS, System, upTo, waitFor } from '@heliograph/testing';

const LIMIT = { requests: 200, perSeconds: 5 };
const PERIOD_MS = LIMIT.perSeconds * 1_000;
/** A grant is used within 100 ms; the rest is for a slow machine. */
const UNDER_WAY_MS = 500;
const CONVERSATIONS = 50;
const MESSAGES_EACH = 5;

let system: System;

beforeAll(async () => {
  system = await System.start({
    name: 'limits',
    services: { 'provider-simulator': 1, 'session-state': 1, 'outbound-dispatcher': 2, 'messaging-api': 1 },
    limit: LIMIT,
  });
  // Only what is sent matters here.
  await system.simulator.changeWebhooks({ url: null });
}, 120_000);

afterAll(() => system?.stop(), 30_000);

/** Gives the dispatchers a backlog: messages named `<about> <number> <place>`, in the order of their place per number. */
async function sendMany(about: string): Promise<number> {
  const numbers = upTo(CONVERSATIONS).map(() => randomNumber());
  await inParallel(numbers, 8, async (to) => {
    for (const place of upTo(MESSAGES_EACH)) {
      await system.api.send({ channel: 'sms', sender: 'alerts', to, text: `${about} ${to} ${place}` });
    }
  });
  return CONVERSATIONS * MESSAGES_EACH;
}

async function takenOf(about: string): Promise<Arrival[]> {
  return (await system.simulator.arrivals()).filter(({ accepted, text }) => accepted && text?.startsWith(`${about} `));
}

async function allTaken(about: string, count: number): Promise<Arrival[]> {
  return waitFor(
    async () => {
      const taken = await takenOf(about);
      return taken.length >= count && taken;
    },
    { timeoutMs: 90_000, intervalMs: 250, description: `the provider has taken ${count} messages about ${about}` },
  );
}

/** Texts whose fact says that they may have been sent twice. */
async function markedAsRepeated(): Promise<Set<string | undefined>> {
  const facts = await readAll(system.brokers, system.topic(TOPICS.conversationOutbound));
  const sent = facts.filter(({ headers }) => headers.ce_type === EVENTS.messageSent.type).map(({ json }) => json);
  return new Set((sent as MessageSent[]).filter((fact) => fact.possiblyRepeated).map(({ content }) => content.text));
}

/** The places in order of arrival, by number. */
function placesByNumber(arrivals: Arrival[]): number[][] {
  const byNumber = Map.groupBy(arrivals, ({ text }) => text?.split(' ')[1]);
  return [...byNumber.values()].map((ofOne) => ofOne.map(({ text }) => Number(text?.split(' ')[2])));
}

const inOrder = Array.from({ length: CONVERSATIONS }, () => upTo(MESSAGES_EACH));

describe('two dispatchers on one account with a backlog', () => {
  it(
    'keep its limit in every sliding period without a single 429, and send everything in order',
    () =>
      system.watch(async () => {
        const count = await sendMany('news');
        const taken = await allTaken('news', count);
        expect(placesByNumber(taken)).toEqual(inOrder);
        const { maxInWindow, throttled } = await system.simulator.maxInWindow(PERIOD_MS);
        expect(throttled).toBe(0);
        expect(maxInWindow).toBeLessThanOrEqual(LIMIT.requests);
        // The limit was what they were waiting for, and both were at work.
        expect(maxInWindow).toBeGreaterThan(LIMIT.requests / 2);
        for (const index of [0, 1]) {
          const calls = await system.replica('outbound-dispatcher', index).counter('heliograph_dispatcher_calls_total');
          expect(calls).toBeGreaterThan(count / 10);
        }
      }),
    180_000,
  );

  it(
    'both stop at a 429 until the moment it names, then send the rest in order, each message once',
    () =>
      system.watch(async () => {
        const count = await sendMany('offers');
        await waitFor(async () => (await takenOf('offers')).length >= 20, {
          timeoutMs: 60_000,
          description: 'sends are flowing',
        });
        const retryAfterS = 4;
        await system.simulator.setFault({ kind: 'throttle', count: 1, retryAfterS, match: { path: SENDS } });
        const taken = await allTaken('offers', count);

        const arrivals = await system.simulator.arrivals();
        const refused = arrivals.filter(({ fault }) => fault === 'throttle');
        expect(refused).toHaveLength(1);
        const toldAt = refused[0]!.answeredAt;
        const during = arrivals.filter(({ at }) => at > toldAt + UNDER_WAY_MS && at < toldAt + retryAfterS * 1_000);
        expect(during).toEqual([]);
        expect(taken.filter(({ at }) => at > toldAt).length).toBeGreaterThan(count / 4);
        expect(taken).toHaveLength(count);
        expect(placesByNumber(taken)).toEqual(inOrder);
        expect((await system.simulator.maxInWindow(PERIOD_MS)).maxInWindow).toBeLessThanOrEqual(LIMIT.requests);
      }),
    180_000,
  );

  it(
    'send nothing twice silently and nothing out of order when one freezes for longer than its session',
    () =>
      system.watch(async () => {
        const count = await sendMany('alerts');
        await waitFor(async () => (await takenOf('alerts')).length >= 20, {
          timeoutMs: 60_000,
          description: 'sends are flowing',
        });
        const [frozen, other] = [0, 1].map((index) => system.replica('outbound-dispatcher', index));
        frozen!.freeze();
        const before = (await takenOf('alerts')).length;
        try {
          // Its partitions are taken over: without it, everything is sent.
          await allTaken('alerts', count);
        } finally {
          frozen!.thaw();
        }
        await waitFor(() => frozen!.isReady(), { timeoutMs: 60_000, description: 'the frozen one is back' });
        await waitFor(() => other!.isReady(), { timeoutMs: 60_000, description: 'the other one is ready' });
        const last = await sendMany('last');
        await allTaken('last', last);

        expect(before).toBeLessThan(count);
        const taken = await takenOf('alerts');
        const times = Map.groupBy(taken, ({ text }) => text);
        expect(times.size).toBe(count);
        const marked = await markedAsRepeated();
        const twice = [...times].filter(([, sends]) => sends.length > 1).map(([text]) => text);
        expect(twice.filter((text) => !marked.has(text))).toEqual([]);
        for (const places of placesByNumber(taken)) expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    240_000,
  );
});
