import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomNumber, System, waitFor, type Registered, type Replica } from '@heliograph/testing';

const EVENTS = '/api/v2/events/subscriptions';
const OURS = 'heliograph-acme-genesys-events';
const FOREIGN = {
  name: 'somebody-else',
  event_types: ['message'],
  endpoints: [{ url: 'http://127.0.0.1:9/', type: 'http' }],
};

let system: System;

beforeAll(async () => {
  system = await System.start({
    name: 'subscriptions',
    services: { 'provider-simulator': 1, 'ingress-webhooks': 2 },
    registrations: ['events', 'messages', 'template-status'],
    settingsOf: { 'ingress-webhooks': { SUBSCRIPTION_SECONDS: '0.5', LEASE_MS: '2000' } },
  });
  await system.simulator.addRegistration('subscriptions', FOREIGN);
  await settled();
}, 120_000);

afterAll(() => system?.stop(), 30_000);

const ours = async (): Promise<Registered[]> =>
  (await system.simulator.registrations()).subscriptions.filter(({ name }) => name === OURS);
/** What it says, without what the provider made up. */
const content = ({ id: _id, created_at: _at, ...entry }: Registered): object => entry;
const requests = async (method: string): Promise<number> =>
  (await system.simulator.arrivals()).filter((one) => one.method === method && one.path === EVENTS).length;
/** Waits until the list was asked for so many times more: whatever was to be done has been done by then. */
async function looks(count: number): Promise<void> {
  const wanted = (await requests('GET')) + count;
  await waitFor(async () => (await requests('GET')) >= wanted, {
    description: `${count} more looks`,
    timeoutMs: 30_000,
  });
}
const settled = () =>
  waitFor(async () => (await ours()).length === 1, { description: 'it is registered once', timeoutMs: 30_000 });

describe('the registration of two replicas at the provider (guide 000, section 3)', () => {
  it('is there once for each kind, is told of everything, and foreign ones are left alone', () =>
    system.watch(async () => {
      await looks(3);
      const { subscriptions, webhooks } = await system.simulator.registrations();
      expect(subscriptions.map(({ name }) => name).sort()).toEqual([OURS, FOREIGN.name]);
      expect(webhooks.map(({ name }) => name).sort()).toEqual([
        'heliograph-acme-genesys-messages',
        'heliograph-acme-genesys-template-status',
      ]);
      expect(subscriptions.find(({ name }) => name === FOREIGN.name)).toMatchObject(FOREIGN);
      await system.simulator.removeRegistration(subscriptions.find(({ name }) => name === FOREIGN.name)!.id);
      const { conversationId } = await system.simulator.customerWrites({ from: randomNumber(), text: 'Hello' });
      await waitFor(
        async () => {
          const told = (await system.simulator.events()).filter((event) => event.conversationId === conversationId);
          return told.length === 3 && told.every(({ acknowledgements }) => acknowledgements >= 1);
        },
        { description: 'the events of the conversation are acknowledged' },
      );
    }));

  it(
    'is repaired within the schedule when it was removed, altered or doubled, and is there exactly once afterwards',
    () =>
      system.watch(async () => {
        const { simulator } = system;
        const [right] = await ours();
        const disturbances: ((entry: Registered) => Promise<unknown>)[] = [
          ({ id }) => simulator.removeRegistration(id),
          ({ id }) => simulator.changeRegistration(id, { event_types: ['message'] }),
          ({ id }) => simulator.changeRegistration(id, { endpoints: [{ url: 'http://127.0.0.1:9/', type: 'http' }] }),
          ({ id }) => simulator.changeRegistration(id, { filters: { channel: 'messaging', engagement_type: 'SMS' } }),
          (entry) => simulator.addRegistration('subscriptions', content(entry)),
        ];
        for (const disturb of disturbances) {
          await disturb((await ours())[0]!);
          await looks(4);
          expect((await ours()).map(content)).toEqual([content(right!)]);
        }
      }),
    90_000,
  );

  it(
    'is not doubled when the replica that creates it is killed between its request and the answer',
    () =>
      system.watch(async () => {
        const { simulator } = system;
        const before = await requests('POST');
        await simulator.setFault({
          kind: 'stall',
          phase: 'after',
          delayMs: 60_000,
          count: 1,
          match: { method: 'POST', path: EVENTS },
        });
        await simulator.removeRegistration((await ours())[0]!.id);
        await settled();
        const creator = await keeper();
        await creator.kill();
        await simulator.clearFaults();
        await waitFor(async () => (await keeper()) !== creator, {
          description: 'the other replica takes over',
          timeoutMs: 30_000,
        });
        await looks(4);
        expect([(await ours()).length, (await requests('POST')) - before]).toEqual([1, 1]);
        await creator.start();
        await looks(4);
        expect((await ours()).length).toBe(1);
      }),
    90_000,
  );
});

/** The replica that keeps the registrations. */
async function keeper(): Promise<Replica> {
  const held = async (replica: Replica): Promise<number> =>
    replica.counter('heliograph_ingress_subscriptions_lease_held').catch(() => 0);
  return waitFor(
    async () => {
      for (const replica of system.replicasOf('ingress-webhooks')) if ((await held(replica)) === 1) return replica;
      return undefined;
    },
    { description: 'a replica keeps the registrations', timeoutMs: 30_000 },
  );
}
