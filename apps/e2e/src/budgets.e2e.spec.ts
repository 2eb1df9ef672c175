import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Arrival, inParallel, randomNumber, SENDS, System, upTo, waitFor } from '@heliograph/testing';

const NUMBERS = 20;
const CONTACTS = 200;
const TOKENS = '*/oauth2/token';
/** Every one of them binds: a second of traffic of all numbers is more than the tenant allows, and so is that of a number. */
const LIMITS = {
  tenant: { requests: 400, perSeconds: 4 },
  client: { requests: 400, perSeconds: 4 },
  number: { requests: 10, perSeconds: 1 },
  agentless: { requests: 3_000, perSeconds: 60 },
  campaign: { requests: 18_000, perSeconds: 60 },
  pair: { perSeconds: 6, borrow: 45 },
};

let system: System;

beforeAll(async () => {
  system = await System.start({
    name: 'budgets',
    services: {
      'provider-simulator': 1,
      // Without it nobody would know whether a STOP is on its way, and messages of campaigns would wait.
      'dedup-router': 1,
      'session-state': 1,
      'outbound-dispatcher': 3,
      'template-registry': 1,
      'messaging-api': 1,
    },
    limits: LIMITS,
    alertNumbers: NUMBERS,
    secondaryClient: true,
  });
  // Only what is sent matters here.
  await system.simulator.changeWebhooks({ url: null });
}, 120_000);

afterAll(() => system?.stop(), 30_000);

type Class = 'transactional' | 'campaign';

async function sendAll(about: string, contacts: readonly string[], kind: Class = 'transactional'): Promise<void> {
  await inParallel(contacts, 8, (to) =>
    system.api.send({ channel: 'sms', sender: 'alerts', to, class: kind, text: `${about} ${to}` }),
  );
}

async function taken(about: string): Promise<Arrival[]> {
  return (await system.simulator.arrivals()).filter(({ accepted, text }) => accepted && text?.startsWith(`${about} `));
}

const allTaken = (about: string, count: number): Promise<Arrival[]> =>
  waitFor(
    async () => {
      const arrived = await taken(about);
      return arrived.length >= count && arrived;
    },
    { timeoutMs: 90_000, intervalMs: 250, description: `the provider has taken ${count} messages about ${about}` },
  );

/** What arrived in each bucket against its limit, judged from the simulator's log alone. */
async function expectEveryLimitKept(): Promise<void> {
  const { buckets, pairs } = await system.simulator.buckets();
  const over = Object.entries(buckets).filter(
    ([, { maxInWindow = 0, limit }]) => limit && maxInWindow > limit.requests,
  );
  expect(over).toEqual([]);
  expect(pairs?.mostOwed ?? 0).toBeLessThanOrEqual(LIMITS.pair.borrow);
}

const contacts = (count: number) => upTo(count).map(() => randomNumber());

describe('three dispatchers and a template registry on one account with 20 numbers', () => {
  it(
    'keep every limit in every sliding window without a single 429, and every number does its share',
    () =>
      system.watch(async () => {
        const people = contacts(CONTACTS);
        await sendAll('news', people);
        const first = await allTaken('news', CONTACTS);
        await expectEveryLimitKept();
        expect((await system.simulator.buckets()).throttled).toBe(0);
        const byNumber = Map.groupBy(first, ({ number }) => number);
        expect(byNumber.size).toBe(NUMBERS);
        for (const ofOne of byNumber.values()) expect(ofOne.length).toBeLessThanOrEqual(CONTACTS / 4);
        for (const index of [0, 1, 2]) {
          const calls = await system.replica('outbound-dispatcher', index).counter('heliograph_dispatcher_calls_total');
          expect(calls).toBeGreaterThan(0);
        }
      }),
    180_000,
  );

  it(
    'stay with the number of each contact, and send transactional before campaign',
    () =>
      system.watch(async () => {
        const people = contacts(60);
        await sendAll('hello', people);
        const numberOf = new Map((await allTaken('hello', 60)).map(({ toHash, number }) => [toHash, number]));
        await system.simulator.setFault({ kind: 'throttle', count: 1, retryAfterS: 3, match: { path: SENDS } });
        // While nothing goes out, a backlog of both classes builds up.
        const bulk = contacts(150);
        await sendAll('bulk', bulk, 'campaign');
        await sendAll('again', people);
        const again = await allTaken('again', people.length);
        for (const { toHash, number } of again) expect(number).toBe(numberOf.get(toHash));
        const lastTransactional = Math.max(...again.map(({ seq }) => seq));
        const later = (await allTaken('bulk', bulk.length)).filter(({ seq }) => seq > lastTransactional);
        expect(later.length).toBeGreaterThan(0);
        await expectEveryLimitKept();
      }),
    180_000,
  );

  it(
    'move to the second OAuth client while the token endpoint throttles the first one, and back',
    () =>
      system.watch(async () => {
        const [first, second] = ['acme-client', 'acme-second-client'];
        const retryAfterS = 4;
        await system.simulator.setFault({
          kind: 'throttle',
          count: 1,
          retryAfterS,
          match: { path: TOKENS, client: first },
        });
        await system.simulator.expireTokens();
        await sendAll('failover', contacts(30));
        const during = await allTaken('failover', 30);
        expect(during.some(({ client }) => client === second)).toBe(true);
        await waitFor(
          async () => {
            const about = `back${Date.now()}`;
            await sendAll(about, contacts(6));
            return (await allTaken(about, 6)).every(({ client }) => client === first);
          },
          { timeoutMs: 60_000, intervalMs: 500, description: 'the first client is used again' },
        );
        await expectEveryLimitKept();
      }),
    180_000,
  );

  it(
    'stop at a 429 that names no moment, and send everything once and in the end',
    () =>
      system.watch(async () => {
        await system.simulator.setFault({ kind: 'throttle', count: 1, match: { path: SENDS } });
        await sendAll('backoff', contacts(40));
        const arrived = await allTaken('backoff', 40);
        expect(new Set(arrived.map(({ text }) => text)).size).toBe(arrived.length);
        const refused = (await system.simulator.arrivals()).filter(
          ({ fault, path }) => fault && path.endsWith('/messages'),
        );
        // The one that named a moment, and this one.
        expect(refused).toHaveLength(2);
        await expectEveryLimitKept();
      }),
    180_000,
  );
});
