import { SERVICE_NAMES, type ServiceName } from '@heliograph/testing';
import { Agent } from 'undici';
import { TopicEnd } from '../backlog/topic-end.ts';
import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { BenchSystem } from '../bench-system.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';
import { CommandToProvider } from './command-to-provider.ts';
import { settled } from './settled.ts';
import type { Latency } from './stopwatch.ts';
import { TextReader } from './text-reader.ts';
import { WebhookToTimeline } from './webhook-to-timeline.ts';

/** Conversations per second. */
const RATES = [100, 500, 1_000];
const SECONDS = { full: { warmUp: 2, run: 4 }, short: { warmUp: 1, run: 1 } };
/** At a rate that the machine cannot keep up with, the rest of a run takes long. */
const MOST_PER_RUN = 2_500;
/** Has no part in it. */
const IDLE: ServiceName = 'template-registry';
const SERVICES = SERVICE_NAMES.filter((service) => service !== IDLE);

interface Way {
  name: string;
  run: (perSecond: number, count: number) => Promise<Latency>;
}

/** A run, and what it cost: microseconds of processor time per conversation, and resident memory at its end. */
interface WayRun extends Latency {
  cpuMicros: Map<ServiceName, number>;
  memoryMiB: Map<ServiceName, number>;
}

/** Latencies through the whole system at steady rates, and what processor time and memory each service takes for them. */
export async function measureEndToEnd(bench: Bench): Promise<Row[]> {
  bench.say('end-to-end: starting all services');
  const system = await BenchSystem.prepare(bench, 'end-to-end');
  await system.startAll();
  const agent = new Agent({ connections: 64 });
  const reader = await TextReader.start(system);
  const closeReader = bench.ends.add(() => reader.close());
  const end = await TopicEnd.open(system.brokers, bench.ends);
  const webhooks = new WebhookToTimeline(system, agent, reader);
  const commands = new CommandToProvider(system, agent);
  await commands.openConversations(reader);
  const ways: Way[] = [
    { name: 'webhook → timeline', run: (...args) => webhooks.run(...args) },
    { name: 'command → provider', run: (...args) => commands.run(...args) },
  ];

  const rows: Row[] = [];
  for (const rate of RATES) {
    for (const way of ways) rows.push(...(await new EndToEnd(bench, system, end, way, rate).measure()));
  }
  await agent.close();
  await end.close();
  await closeReader();
  await system.stop();
  return rows;
}

/** One way at one rate. */
class EndToEnd {
  readonly #bench: Bench;
  readonly #system: BenchSystem;
  readonly #end: TopicEnd;
  readonly #way: Way;
  readonly #rate: number;

  constructor(bench: Bench, system: BenchSystem, end: TopicEnd, way: Way, rate: number) {
    this.#bench = bench;
    this.#system = system;
    this.#end = end;
    this.#way = way;
    this.#rate = rate;
  }

  get #name(): string {
    return `${this.#way.name} at ${figure(this.#rate)}/s`;
  }

  async measure(): Promise<Row[]> {
    const { say, short } = this.#bench;
    const seconds = short ? SECONDS.short : SECONDS.full;
    say(`end-to-end: ${this.#name}, warming up`);
    const runs = await measuredRuns(
      () => this.#run(seconds.warmUp),
      async (index) => {
        const run = await this.#run(seconds.run);
        const times = `p50 ${figure(run.p50)} ms, p99 ${figure(run.p99)} ms, ${figure(run.completedPerSecond)}/s`;
        say(`end-to-end: ${this.#name}, run ${index} of ${RUNS}: ${times}`);
        return run;
      },
    );
    return this.#rowsOf(runs);
  }

  async #run(seconds: number): Promise<WayRun> {
    const count = Math.min(this.#rate * seconds, MOST_PER_RUN);
    const before = this.#system.cpu();
    const latency = await this.#way.run(this.#rate, count);
    // What follows from a message, its receipt and the entries in the CRM, belongs to its cost, and not into the next run.
    await settled(this.#system, this.#end);
    const after = this.#system.cpu();
    const micros = SERVICES.flatMap((service): [ServiceName, number][] => {
      const [from, to] = [before.get(service), after.get(service)];
      return from === undefined || to === undefined ? [] : [[service, ((to - from) * 1e6) / count]];
    });
    return { ...latency, cpuMicros: new Map(micros), memoryMiB: await this.#system.memory() };
  }

  #rowsOf(runs: readonly WayRun[]): Row[] {
    const at = `${this.#way.name}, ${figure(this.#rate)}/s`;
    const row = (name: string, unit: Row['unit'], of: (run: WayRun) => number | undefined): Row[] => {
      const values = runs.flatMap((run) => of(run) ?? []);
      return values.length === 0 ? [] : [rowOf(name, unit, values)];
    };
    const rate = figure(this.#rate);
    return [
      ...row(`${this.#way.name} p50, ${rate}/s`, 'ms', ({ p50 }) => p50),
      ...row(`${this.#way.name} p99, ${rate}/s`, 'ms', ({ p99 }) => p99),
      rowOf(
        `${this.#way.name} completed, ${rate}/s`,
        '1/s',
        runs.map(({ completedPerSecond }) => completedPerSecond),
        [this.#rate],
      ),
      ...SERVICES.flatMap((service) => [
        ...row(`CPU ${service}, ${at}`, 'µs', ({ cpuMicros }) => cpuMicros.get(service)),
        ...row(`memory ${service}, ${at}`, 'MiB', ({ memoryMiB }) => memoryMiB.get(service)),
      ]),
    ];
  }
}
