import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  accountForMessages,
  type Arrival,
  manyTemplates,
  ORDER_TEMPLATES,
  randomNumber,
  System,
  TimelineReader,
  type ToldEvent,
  type WaitingMessage,
  waitFor,
  whatsappTemplate,
} from '@heliograph/testing';

const STEP = { timeoutMs: 60_000, intervalMs: 100 };
const CUSTOMERS = 30;
const EACH = 10;
/** From the answer of ingress to a rejection until the last request with the rejected template may arrive. */
const PROMISED_MS = 1_000;
const ORDER = 'order_shipped';
const SHORT = 'order_shipped_short';

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({
    name: 'templates',
    // So few that messages wait, and the numbers of both channels have their own.
    limits: { number: { requests: 40, perSeconds: 1 } },
    // Nothing becomes known by a reading that an event should tell.
    settingsOf: { 'template-registry': { POLL_SECONDS: '3600', LEASE_MS: '3000' } },
    webhook: { receipts: [] },
  });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

const creationsAfter = async (seq: number): Promise<Arrival[]> =>
  (await system.simulator.arrivals(seq)).filter(({ method, path }) => method !== 'GET' && path.endsWith('/templates'));
const lastArrival = async (): Promise<number> => (await system.simulator.arrivals()).at(-1)?.seq ?? 0;
const areSendable = (count: number): Promise<true> =>
  waitFor(async () => (await system.registry.progress()).sendable === count, {
    ...STEP,
    description: `${count} templates may be sent`,
  });

/** The provider changes its mind. @returns the event that tells of it, acknowledged by ingress */
async function decided(name: string, status: 'APPROVED' | 'REJECTED'): Promise<ToldEvent> {
  const before = (await system.simulator.events()).at(-1)?.seq ?? 0;
  const reason = status === 'REJECTED' && { rejection_reason: 'POLICY_VIOLATION' };
  await system.reviewers.change({ name, language: 'en_US', status, ...reason });
  return waitFor(
    async () => {
      const [told] = (await system.simulator.events(before)).filter(({ template }) => template === name);
      return told?.acknowledgedAt !== undefined && told;
    },
    { ...STEP, description: `ingress has acknowledged that ${name} is ${status}` },
  );
}

/** Customers who have written, so that they may be written to. */
async function customers(count: number): Promise<{ contact: string; provider: string }[]> {
  const all = Array.from({ length: count }, () => randomNumber());
  const written = await Promise.all(all.map((from) => system.simulator.customerWrites({ from, text: 'Hello' })));
  await waitFor(() => timeline.ofKind('message.received').length >= written.length, {
    ...STEP,
    description: 'they are known',
  });
  return all.map((contact, index) => ({ contact, provider: written[index]!.conversationId }));
}

const send = async (to: string, order: string): Promise<WaitingMessage> => {
  const template = { name: ORDER, language: 'en_US', variables: { order } };
  const { messageId } = await system.api.send({ channel: 'whatsapp', sender: 'support', to, template });
  return { messageId, order };
};

const takenWith = async (name: string): Promise<Arrival[]> =>
  (await system.simulator.arrivals()).filter(({ template, accepted }) => template === name && accepted);

describe('templates as files (guide 001, section 2)', () => {
  it(
    'are submitted when they are applied, reviewed, and sendable by webhook; applied again they write nothing at the provider',
    () =>
      system.watch(async () => {
        const { simulator, registry } = system;
        await simulator.changeSettings({ review: { afterMs: 100 } });
        expect(await registry.plan(ORDER_TEMPLATES)).toMatchObject({ applicable: true, counts: { create: 3 } });
        expect(await creationsAfter(0)).toEqual([]);
        expect(await registry.apply(ORDER_TEMPLATES)).toMatchObject({ applicable: true, counts: { create: 3 } });
        await areSendable(3);
        const { versions } = await registry.template(ORDER);
        expect(versions[0]!.languages[0]!.history.at(-1)).toMatchObject({ status: 'APPROVED', source: 'webhook' });
        const first = await lastArrival();
        expect(await registry.apply(ORDER_TEMPLATES)).toMatchObject({ applicable: true, counts: { unchanged: 3 } });
        // Submitted after everything that the second apply may have wanted.
        await registry.apply([...ORDER_TEMPLATES, whatsappTemplate('afterwards')]);
        await areSendable(4);
        expect(await creationsAfter(first)).toHaveLength(1);
      }),
    120_000,
  );

  it(
    'come back as what their pressed button stands for (guide 001, section 4)',
    () =>
      system.watch(async () => {
        const [{ contact, provider }] = (await customers(1)) as [{ contact: string; provider: string }];
        const { messageId } = await send(contact, 'PRESSED-1');
        await waitFor(() => timeline.ofKind('message.sent').some(({ fact }) => fact.messageId === messageId), {
          ...STEP,
          description: 'the template is sent',
        });
        await system.simulator.press(provider, 'CHECK_ORDER');
        const [routed] = await waitFor(
          () => {
            const all = timeline.ofKind('reply.routed');
            return all.length > 0 && all;
          },
          { ...STEP, description: 'the reply is routed' },
        );
        expect(routed!.fact).toMatchObject({ payload: 'CHECK_ORDER', action: 'order-status' });
      }),
    120_000,
  );
});

describe('a template that is rejected while its messages wait (guide 001, edge case 2)', () => {
  it(
    'is not sent any more; each message goes out once by what stands in for it, and by the template when it is approved again',
    () =>
      system.watch(async () => {
        const people = await customers(CUSTOMERS);
        // Everything is accepted before much has gone out.
        await system.simulator.setFault({
          kind: 'throttle',
          count: 1,
          retryAfterS: 3,
          match: { path: '*/messages' },
        });
        const waiting: WaitingMessage[] = (
          await Promise.all(
            people.map(async ({ contact }, person) => {
              const sent: WaitingMessage[] = [];
              for (let n = 1; n <= EACH; n++) sent.push(await send(contact, `WAITING-${person}-${n}`));
              return sent;
            }),
          )
        ).flat();
        const some = async (name: string, count: number) =>
          waitFor(async () => (await takenWith(name)).length >= count, { ...STEP, description: `${name} goes out` });
        await some(ORDER, 20);
        const first = await decided(ORDER, 'REJECTED');
        await some(SHORT, 20);
        const second = await decided(SHORT, 'REJECTED');

        const ends = await accountForMessages(timeline, waiting);
        expect(ends.unaccounted).toEqual([]);
        expect(ends.sent + ends.fallback + ends.sms + ends.failed).toBe(waiting.length);
        expect(Math.min(ends.sent, ends.fallback, ends.sms)).toBeGreaterThan(0);
        const arrivals = await system.simulator.arrivals();
        expect(arrivedNotOnce(arrivals, waiting)).toEqual([]);
        for (const { template, acknowledgedAt } of [first, second]) {
          const late = arrivals.filter((one) => one.template === template && one.at > acknowledgedAt! + PROMISED_MS);
          expect(late).toEqual([]);
        }

        await decided(ORDER, 'APPROVED');
        const { length } = await takenWith(ORDER);
        let tries = 0;
        await waitFor(
          async () => {
            await send(people[0]!.contact, `AGAIN-${++tries}`);
            return (await takenWith(ORDER)).length > length;
          },
          { ...STEP, intervalMs: 500, description: 'the approved template goes out again' },
        );
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    240_000,
  );
});

describe('a template-registry that is killed while it submits 60 template languages', () => {
  it(
    'goes on after its restart, and each is created exactly once',
    () =>
      system.watch(async () => {
        const { simulator, registry } = system;
        const files = manyTemplates('bulk', 12);
        const { sendable } = await registry.progress();
        const before = await lastArrival();
        await simulator.changeSettings({ latencyMs: 200 });
        expect((await registry.apply([...ORDER_TEMPLATES, ...files])).counts).toMatchObject({ create: 60 });
        const isUnderWay = async () => (await creationsAfter(before)).length >= 8;
        await waitFor(isUnderWay, { ...STEP, description: 'the submission is under way' });
        await system.replica('template-registry').kill();
        const submitted = (await creationsAfter(before)).length;
        expect(submitted).toBeLessThan(60);
        await simulator.changeSettings({ latencyMs: 0 });
        await system.replica('template-registry').start();
        await areSendable(sendable + 60);
        const created = (await creationsAfter(before)).filter(({ accepted }) => accepted);
        expect(created).toHaveLength(60);
        const names = (await system.reviewers.list()).templates.filter(({ name }) => name.startsWith('bulk_'));
        expect(new Set(names.map(({ name, language }) => `${name} ${language}`)).size).toBe(60);
      }),
    180_000,
  );
});

/** Orders that did not arrive exactly once, by whatever template. */
function arrivedNotOnce(arrivals: readonly Arrival[], waiting: readonly WaitingMessage[]): string[] {
  const taken = arrivals.filter(({ accepted, text }) => accepted && text?.includes('WAITING-'));
  const times = Map.groupBy(taken, ({ text }) => /WAITING-\d+-\d+/.exec(text!)![0]);
  return waiting.filter(({ order }) => times.get(order)?.length !== 1).map(({ order }) => order);
}
