import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@heliograph/testing';
import { BareProducer } from '../bare/bare-producer.ts';
import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { BenchSystem } from '../bench-system.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';
import { writeAccounts } from './accounts.ts';
import { CommandRecords } from './command-records.ts';
import { evidenceOf, saturatedRate, type Evidence } from './evidence.ts';
import type { Arrival } from './provider-process.ts';
import { startProvider, type Provider } from './provider.ts';

const NUMBERS = Array.from({ length: 20 }, (_, index) => `number-${index + 1}`);
const PER_NUMBER = 80;
/** 80 % of what the provider allows (promise 5). */
const ALLOWED_PER_SECOND = NUMBERS.length * PER_NUMBER * 0.8;
const CONVERSATIONS = 2_000;
/** Put on the topic within one second, in so many parts. */
const BACKLOG = { messages: 10_000, parts: 10, ms: 1_000 };
/** After the backlog: nine tenths of what is allowed. */
const STEADY = { perSecond: 1_150, partMs: 20 };
const STEADY_MS = { full: 8_000, short: 2_000 };
const SENT_WITHIN_MS = 60_000;

interface NumbersRun {
  saturatedPerSecond: number;
  backlogMs: number;
  steadyP99Ms: number;
  throttled: number;
  swapped: number;
}

/**
 * 20 numbers that may each send 80 a second: a backlog of 10,000 messages accepted in one second, then a steady stream a
 * little below what is allowed. The counts are the provider's.
 */
export async function measureNumbers(bench: Bench): Promise<Row[]> {
  bench.say('numbers: starting outbound-dispatcher and a provider that allows 20 numbers 80 a second each');
  const system = await BenchSystem.prepare(bench, 'numbers');
  const turnsAway = { requests: PER_NUMBER, periodMs: 1_000 };
  const provider = await startProvider(bench, system.folder, { limit: turnsAway, remember: true });
  const limit = { requests: PER_NUMBER, perSeconds: 1 };
  const accounts = writeAccounts(
    system,
    provider.address,
    NUMBERS.map((id) => ({ id, limit })),
  );
  await system.consentIsKnown();
  await system.start('outbound-dispatcher', accounts);
  const producer = await BareProducer.open(system.brokers);
  const closeProducer = bench.ends.add(() => producer.close());
  const traffic = new Traffic(provider, producer, new CommandRecords(system.context.namespace, NUMBERS, CONVERSATIONS));

  const steadyMs = bench.short ? STEADY_MS.short : STEADY_MS.full;
  bench.say('numbers: opening the conversations');
  const runs = await measuredRuns(
    () => traffic.backlog(CONVERSATIONS),
    async (index) => {
      const run = await measureRun(traffic, steadyMs);
      const used = `${figure((100 * run.saturatedPerSecond) / ALLOWED_PER_SECOND)} % of the budget used`;
      bench.say(
        `numbers: run ${index} of ${RUNS}: ${used}, ${run.throttled} throttled, p99 ${figure(run.steadyP99Ms)} ms`,
      );
      return run;
    },
  );
  await closeProducer();
  await system.stop();
  await provider.stop();
  return rowsOf(runs);
}

/** What is sent and what arrived of it. */
class Traffic {
  readonly #provider: Provider;
  readonly #producer: BareProducer;
  readonly #records: CommandRecords;

  constructor(provider: Provider, producer: BareProducer, records: CommandRecords) {
    this.#provider = provider;
    this.#producer = producer;
    this.#records = records;
  }

  /** @returns arrivals, and when the first and the last command were on the topic */
  async backlog(messages: number): Promise<{ arrivals: Arrival[]; begunAt: number; filledAt: number }> {
    const begunAt = Date.now();
    await this.#sendPaced(messages, BACKLOG.ms, BACKLOG.parts);
    const filledAt = Date.now();
    return { arrivals: await this.#arrived(messages), begunAt, filledAt };
  }

  async steady(ms: number): Promise<Arrival[]> {
    const messages = Math.round((STEADY.perSecond * ms) / 1000);
    await this.#sendPaced(messages, ms, Math.round(ms / STEADY.partMs));
    return this.#arrived(messages);
  }

  async #sendPaced(messages: number, ms: number, parts: number): Promise<void> {
    const began = performance.now();
    let sent = 0;
    for (let part = 1; part <= parts; part++) {
      const upTo = Math.round((messages * part) / parts);
      await this.#producer.sendAll(this.#records.take(upTo - sent));
      sent = upTo;
      const wait = began + (ms * part) / parts - performance.now();
      if (wait > 0) await delay(wait);
    }
  }

  async #arrived(messages: number): Promise<Arrival[]> {
    const arrivals: Arrival[] = [];
    let accepted = 0;
    const look = async (): Promise<boolean> => {
      const more = await this.#provider.takeArrivals();
      arrivals.push(...more);
      accepted += more.filter(([, , , throttled]) => !throttled).length;
      return accepted >= messages;
    };
    await waitFor(look, {
      timeoutMs: SENT_WITHIN_MS,
      intervalMs: 100,
      description: `${messages} messages arrive at the provider`,
    });
    return arrivals;
  }
}

async function measureRun(traffic: Traffic, steadyMs: number): Promise<NumbersRun> {
  const { arrivals, begunAt, filledAt } = await traffic.backlog(BACKLOG.messages);
  const backlog: Evidence = evidenceOf(arrivals);
  const steady = evidenceOf(await traffic.steady(steadyMs));
  return {
    saturatedPerSecond: saturatedRate(arrivals, filledAt),
    backlogMs: backlog.lastAt - begunAt,
    steadyP99Ms: steady.p99WaitMs,
    throttled: backlog.throttled + steady.throttled,
    swapped: backlog.swapped + steady.swapped,
  };
}

/** The floor of the first two is the budget itself. */
function rowsOf(runs: readonly NumbersRun[]): Row[] {
  const of = (value: keyof NumbersRun): number[] => runs.map((run) => run[value]);
  const least = (BACKLOG.messages * 1000) / ALLOWED_PER_SECOND;
  return [
    rowOf('20 numbers, sends in saturation', '1/s', of('saturatedPerSecond'), [ALLOWED_PER_SECOND]),
    rowOf('20 numbers, backlog of 10,000 sent', 'ms', of('backlogMs'), [least]),
    rowOf(`20 numbers, wait p99 at ${figure(STEADY.perSecond)}/s`, 'ms', of('steadyP99Ms')),
    rowOf('20 numbers, throttled (429)', 'count', of('throttled')),
    rowOf('20 numbers, swapped', 'count', of('swapped')),
  ];
}
