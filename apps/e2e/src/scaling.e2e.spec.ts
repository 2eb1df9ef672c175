import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, TOPICS, type MessageSent } from '@heliograph/contracts';
import {
  inParallel,
  randomNumber,
  readAll,
  System,
  TimelineReader,
  upTo,
  waitFor,
  type Arrival,
  type ServiceName,
} from '@heliograph/testing';
import { accountForEvents } from './system/account-for-events.ts';
import { Crowd } from './system/crowd.ts';

const SCALED: ServiceName[] = ['dedup-router', 'session-state', 'outbound-dispatcher'];
const CONVERSATIONS = 40;

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  const one = Object.fromEntries(SCALED.map((service) => [service, 1]));
  system = await System.start({
    name: 'scaling',
    services: { 'provider-simulator': 1, 'ingress-webhooks': 1, 'messaging-api': 1, ...one },
    webhook: { receipts: [] },
  });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

/** Gives every number one more message at a time, until it is stopped. */
class Commands {
  readonly numbers = upTo(CONVERSATIONS).map(() => randomNumber());
  rounds = 0;
  #isStopped = false;
  #sending: Promise<void> = Promise.resolve();

  start(): void {
    this.#sending = this.#send();
    // Told by stop(); until then nobody waits for it.
    this.#sending.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#sending;
  }

  async #send(): Promise<void> {
    while (!this.#isStopped) {
      const round = this.rounds + 1;
      await inParallel(this.numbers, 2, (to) =>
        system.api.send({ channel: 'sms', sender: 'alerts', to, text: `news ${to} ${round}` }),
      );
      this.rounds = round;
    }
  }
}

async function sends(): Promise<Arrival[]> {
  return (await system.simulator.arrivals()).filter(({ accepted, text }) => accepted && text?.startsWith('news '));
}

async function marked(): Promise<Set<string | undefined>> {
  const facts = await readAll(system.brokers, system.topic(TOPICS.conversationOutbound));
  const sent = facts.filter(({ headers }) => headers.ce_type === EVENTS.messageSent.type).map(({ json }) => json);
  return new Set((sent as MessageSent[]).filter((fact) => fact.possiblyRepeated).map(({ content }) => content.text));
}

/** Every replica of the services is ready, and each works on some of the partitions. */
async function shared(): Promise<void> {
  for (const service of SCALED) {
    for (const replica of system.replicasOf(service).filter(({ state }) => state === '')) {
      await waitFor(() => replica.isReady(), { timeoutMs: 60_000, description: `${replica.name} is ready` });
    }
  }
}

describe('router, session-state and dispatcher under load', () => {
  it(
    'go from one replica to four and back to two without loss, repeat or swap',
    () =>
      system.watch(async () => {
        const crowd = new Crowd(system.simulator, { customers: 100, messagesPerSecond: 30 });
        const commands = new Commands();
        crowd.start();
        commands.start();
        const goOn = async (): Promise<void> => {
          const [written, rounds] = [crowd.written + 100, commands.rounds + 1];
          const both = (): boolean => crowd.written >= written && commands.rounds >= rounds;
          await waitFor(both, { timeoutMs: 60_000, description: 'traffic flows' });
        };
        await goOn();
        for (const service of SCALED) for (const _ of upTo(3)) await system.addReplica(service);
        const added = SCALED.flatMap((service) => system.replicasOf(service).slice(1));
        await inParallel(added, 3, (replica) => replica.start());
        await shared();
        await goOn();
        // The first ones too: what was begun by those who were alone is taken over.
        const leaving = SCALED.flatMap((service) => [system.replica(service, 0), system.replica(service, 2)]);
        await inParallel(leaving, 3, (replica) => replica.stop(7_000));
        await shared();
        await goOn();
        await Promise.all([crowd.stop(), commands.stop()]);

        const total = commands.rounds * CONVERSATIONS;
        const texts = async (): Promise<Set<string | undefined>> => new Set((await sends()).map(({ text }) => text));
        await waitFor(async () => (await texts()).size >= total, {
          timeoutMs: 60_000,
          intervalMs: 250,
          description: `all ${total} messages are sent`,
        });
        const arrivals = await sends();
        const times = Map.groupBy(arrivals, ({ text }) => text);
        expect(times.size).toBe(total);
        const known = await marked();
        const twice = [...times].filter(([, of]) => of.length > 1).map(([text]) => text);
        expect(twice.filter((text) => !known.has(text))).toEqual([]);
        for (const ofOne of Map.groupBy(arrivals, ({ text }) => text!.split(' ')[1]!).values()) {
          const places = [...new Set(ofOne.map(({ text }) => Number(text!.split(' ')[2])))];
          expect(places).toEqual(upTo(commands.rounds));
        }
        expect(await accountForEvents(system.simulator, timeline)).toBeGreaterThanOrEqual(300);
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    180_000,
  );
});
