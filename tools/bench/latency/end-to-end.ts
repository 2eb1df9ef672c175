import { SERVICE_NAMES, type ServiceName } from '@heliograph/testing';
import { Agent } from 'undici';
import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { BenchSystem } from '../bench-system.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';
import { CommandToProvider } from './command-to-provider.ts';
import type { Latency } from './stopwatch.ts';
import { TextReader } from './text-reader.ts';
import { WebhookToTimeline } from './webhook-to-timeline.ts';

const PER_SECOND = 50;
const LENGTHS = { full: { warmUp: 250, run: 500 }, short: { warmUp: 50, run: 100 } };

interface Way {
  name: string;
  run: (perSecond: number, count: number) => Promise<Latency>;
}

/** Latencies through the whole system at a modest steady rate, and what memory the services have afterwards. */
export async function measureEndToEnd(bench: Bench): Promise<Row[]> {
  bench.say('end-to-end: starting all services');
  const system = await BenchSystem.prepare(bench, 'end-to-end');
  await system.startAll();
  const agent = new Agent({ connections: 16 });
  const reader = await TextReader.start(system);
  const closeReader = bench.ends.add(() => reader.close());
  const webhooks = new WebhookToTimeline(system, agent, reader);
  const commands = new CommandToProvider(system, agent);

  const memory: Map<ServiceName, number>[] = [];
  const rows = await measureWay(bench, { name: 'webhook → timeline', run: (...args) => webhooks.run(...args) });
  await commands.openConversations(reader);
  const run = async (...args: [number, number]): Promise<Latency> => {
    const latency = await commands.run(...args);
    memory.push(await system.memory());
    return latency;
  };
  rows.push(...(await measureWay(bench, { name: 'command → provider', run })));

  await agent.close();
  await closeReader();
  await system.stop();
  return [...rows, ...memoryRows(memory.slice(-RUNS))];
}

async function measureWay({ say, short }: Bench, { name, run }: Way): Promise<Row[]> {
  const counts = short ? LENGTHS.short : LENGTHS.full;
  say(`end-to-end: ${name} at ${PER_SECOND}/s, warming up`);
  const latencies = await measuredRuns(
    () => run(PER_SECOND, counts.warmUp),
    async (index) => {
      const latency = await run(PER_SECOND, counts.run);
      const times = `p50 ${figure(latency.p50)} ms, p99 ${figure(latency.p99)} ms`;
      say(`end-to-end: ${name} at ${PER_SECOND}/s, run ${index} of ${RUNS}: ${times}`);
      return latency;
    },
  );
  return [
    rowOf(
      `${name} p50, ${PER_SECOND}/s`,
      'ms',
      latencies.map(({ p50 }) => p50),
    ),
    rowOf(
      `${name} p99, ${PER_SECOND}/s`,
      'ms',
      latencies.map(({ p99 }) => p99),
    ),
  ];
}

function memoryRows(runs: readonly Map<ServiceName, number>[]): Row[] {
  return SERVICE_NAMES.map((service) =>
    rowOf(
      `memory ${service}, after load`,
      'MiB',
      runs.map((run) => run.get(service) ?? 0),
    ),
  );
}
