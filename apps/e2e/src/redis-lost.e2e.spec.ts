import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Accepted,
  type Arrival,
  redisCommand,
  type RunningRedis,
  startPrivateRedis,
  System,
  textOf,
  TimelineReader,
  upTo,
  waitFor,
} from '@heliograph/testing';
import { accountForEvents } from './system/account-for-events.ts';
import { Crowd } from './system/crowd.ts';

const WELL = { gaps: [], numbersUsedTwice: [], factsTwice: [] };
const CUSTOMERS = 40;

let redis: RunningRedis;
let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  redis = await startPrivateRedis();
  system = await System.start({
    name: 'redis-lost',
    redisUrl: redis.url,
    requestTimeoutMs: 3_000,
    webhook: { repeat: 2, repeatDelayMs: 200, receipts: [{ status: 'delivered', afterMs: 50 }] },
  });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
  await redis?.stop();
}, 30_000);

const LOSSES: [how: string, lose: () => Promise<unknown>][] = [
  ['is flushed', () => redisCommand(redis.url, 'FLUSHALL')],
  ['comes back empty', () => redis.restart({ empty: true })],
];

describe('while traffic flows in both directions', () => {
  it.each(LOSSES)(
    'Redis %s: no event is lost, no number or fact is used twice, every resend is marked',
    (how, lose) =>
      system.watch(async () => {
        const { simulator } = system;
        const crowd = new Crowd(simulator, { customers: CUSTOMERS, messagesPerSecond: 15 });
        crowd.start();
        await waitFor(() => crowd.numbers.every((number) => conversationOf(number)), {
          timeoutMs: 60_000,
          description: 'every customer has written',
        });
        const answers = new Answers(how, crowd.numbers);
        answers.start();
        await waitFor(() => answers.accepted.length >= 30, { timeoutMs: 60_000, description: 'answers are flowing' });
        // One is certainly under way: the provider has taken it and does not say so.
        const held = `held while Redis ${how}`;
        const rule = { kind: 'drop-after-accept', count: 1, delayMs: 60_000, match: { textIncludes: held } } as const;
        await simulator.setFault(rule);
        await answers.send(crowd.numbers[0]!, held);
        await waitFor(async () => (await simulator.arrivalsOf(held)).length > 0, {
          timeoutMs: 30_000,
          description: 'an answer is held',
        });
        await lose();
        const written = crowd.written;
        await waitFor(() => crowd.written >= written + 60, { timeoutMs: 60_000, description: 'customers go on' });
        await Promise.all([crowd.stop(), answers.stop()]);

        await waitFor(() => answers.accepted.every(hasOutcome), {
          timeoutMs: 90_000,
          intervalMs: 200,
          description: 'every answer has an outcome',
        });
        await accountForEvents(simulator, timeline);
        expect(timeline.faults).toEqual(WELL);
        await expectNoSilentRepeat(answers.accepted);
        expect(await simulator.arrivalsOf(held)).toHaveLength(2);
        expect(sentWith(held).map(({ fact }) => fact.possiblyRepeated)).toEqual([true]);
        await expectApiShowsAll();
      }),
    300_000,
  );
});

/** The conversation of a customer, once it is on the timeline. */
function conversationOf(number: string): string | undefined {
  return timeline.ofKind('message.received').find((entry) => textOf(entry)?.startsWith(`${number} `))?.conversationId;
}

const sentWith = (text: string) => timeline.ofKind('message.sent').filter((entry) => textOf(entry) === text);

const hasOutcome = ({ conversationId, messageId }: Accepted): boolean =>
  timeline
    .of(conversationId)
    .some(({ kind, fact }) => fact.messageId === messageId && /^message\.(sent|failed|unresolved)$/.test(kind));

/** Answers to customers in turn, by somebody who repeats what was not accepted under the same key until it is. */
class Answers {
  readonly accepted: Accepted[] = [];
  #stopped = false;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly about: string,
    private readonly numbers: readonly string[],
  ) {}

  start(): void {
    const one = async (first: number): Promise<void> => {
      for (let place = first; !this.#stopped; place += 2) {
        await this.send(this.numbers[place % this.numbers.length]!, `answer ${place} while Redis ${this.about}`);
      }
    };
    this.#sending = Promise.all([one(1), one(2)]);
    this.#sending.catch(() => undefined);
  }

  async send(to: string, text: string): Promise<void> {
    const request = { channel: 'whatsapp', sender: 'support', to, text };
    const answer = await waitFor(
      async () => {
        const { status, body } = await system.api.trySend(request, `${to} ${text}`);
        return status === 202 && body;
      },
      { timeoutMs: 60_000, intervalMs: 200, description: `"${text}" is accepted` },
    );
    this.accepted.push(answer);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#sending;
  }
}

async function expectNoSilentRepeat(accepted: Accepted[]): Promise<void> {
  const ids = new Set(accepted.map(({ messageId }) => messageId));
  const sent = timeline.ofKind('message.sent').filter(({ fact }) => ids.has(fact.messageId as string));
  const unsent = timeline.ofKind('message.failed').filter(({ fact }) => ids.has(fact.messageId as string));
  expect(unsent).toEqual([]);
  const arrivals = (await system.simulator.arrivals()).filter((arrival) => arrival.accepted);
  const times: Map<string | undefined, Arrival[]> = Map.groupBy(arrivals, ({ text }) => text);
  const timesOf = (text: string | undefined): number => times.get(text)?.length ?? 0;
  expect(sent.filter((entry) => timesOf(textOf(entry)) === 0)).toEqual([]);
  const unmarked = sent.filter(({ fact }) => !fact.possiblyRepeated);
  expect(unmarked.filter((entry) => timesOf(textOf(entry)) !== 1)).toEqual([]);
  expect(sent.filter((entry) => timesOf(textOf(entry)) > 2)).toEqual([]);
}

/** The API's own index of the timeline is rebuilt, too. */
async function expectApiShowsAll(): Promise<void> {
  const ids = [...new Set(timeline.all().map(({ conversationId }) => conversationId))];
  for (const id of ids) {
    const wanted = upTo(timeline.of(id).length);
    await waitFor(
      async () => {
        const shown = (await system.api.timeline(id)).map(({ sequence }) => sequence);
        expect(shown).toEqual(wanted);
        return true;
      },
      { timeoutMs: 60_000, intervalMs: 200, description: `the API shows all of ${id}` },
    );
  }
}
