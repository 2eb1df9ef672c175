import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inParallel, type ServiceName, System, TimelineReader, waitFor } from '@heliograph/testing';
import { accountForEvents } from './system/account-for-events.ts';
import { Crowd } from './system/crowd.ts';

/** Killed one after the other, those of a line at the same moment. The dispatcher's crashes are in unknown-outcome. */
const KILLED: ServiceName[][] = [
  ['ingress-webhooks'],
  ['dedup-router'],
  ['session-state'],
  ['crm-sync', 'messaging-api'],
];
const WELL = { gaps: [], numbersUsedTwice: [], factsTwice: [] };

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({ name: 'crashes', webhook: { repeat: 3, simultaneous: true, receipts: [] } });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

describe('acknowledged webhooks, each delivered three times', () => {
  it(
    'survive kill -9 of ingress and of every consumer in turn: none lost, none repeated, in order, without gaps',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const crowd = new Crowd(simulator, { customers: 250, messagesPerSecond: 60 });
        crowd.start();
        for (const [round, services] of KILLED.entries()) {
          const before = crowd.written;
          await waitFor(() => crowd.written >= before + 60, { description: 'customers write', timeoutMs: 30_000 });
          await Promise.all(services.map((service) => system.replica(service).crashAndRestart()));
          // From the same instant to one after the other, and back.
          await simulator.changeWebhooks({ simultaneous: round % 2 === 1, repeatDelayMs: 30 });
        }
        await waitFor(() => crowd.written >= 700, { description: 'there are events enough', timeoutMs: 60_000 });
        await crowd.stop();

        expect(await accountForEvents(simulator, timeline)).toBeGreaterThanOrEqual(1_000);
        expect(timeline.faults).toEqual(WELL);
        const entries = timeline.all();
        await waitFor(async () => (await simulator.activities()).length >= entries.length, {
          timeoutMs: 60_000,
          intervalMs: 300,
          description: 'the CRM has an activity for every entry',
        });
        expect(await swappedAtTheCrm()).toEqual([]);
        const conversations = [...new Set(entries.map(({ conversationId }) => conversationId))];
        await inParallel(conversations, 8, async (id) => {
          const wanted = timeline.of(id).map(({ factId }) => factId);
          const shown = async (): Promise<boolean> => (await api.timeline(id)).length >= wanted.length;
          await waitFor(shown, { timeoutMs: 30_000, description: `the API shows all of ${id}` });
          expect((await api.timeline(id)).map(({ factId }) => factId)).toEqual(wanted);
        });
      }),
    300_000,
  );
});

/** Activities that came to the CRM behind a later one of their conversation. */
async function swappedAtTheCrm(): Promise<string[]> {
  const furthest = new Map<string, number>();
  const swapped: string[] = [];
  for (const { conversationId, sequence, externalId } of await system.simulator.activities()) {
    if (sequence < (furthest.get(conversationId) ?? 0)) swapped.push(externalId);
    else furthest.set(conversationId, sequence);
  }
  return swapped;
}
