import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { BenchSystem } from '../bench-system.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';
import { startFloor } from './floor.ts';
import { LoadGenerator } from './load-generator.ts';
import type { LoadResult } from './load.ts';

const CONNECTIONS = [10, 64];
const MOST_REQUESTS = 500_000;
const LENGTHS = { full: { warmUpMs: 3_000, runMs: 6_000 }, short: { warmUpMs: 1_000, runMs: 1_500 } };

/** One measured run: the floor, and right after it the ingress, so that both meet the same machine. */
interface Pair {
  floor: LoadResult;
  ingress: LoadResult;
  memoryMiB: number;
}

/** Signed webhooks per second, acknowledged after acks=all. The ingress runs alone, so that nobody reads what it writes. */
export async function measureIngress(bench: Bench): Promise<Row[]> {
  bench.say('ingress: starting ingress-webhooks and its floor');
  const system = await BenchSystem.prepare(bench, 'ingress');
  await system.start('ingress-webhooks');
  const [account] = system.context.files.accounts;
  if (!account) throw new Error('the system has no account');
  const secret = account.webhookSecret;
  const urls = { floor: await startFloor(bench, system, secret), ingress: account.webhookUrl };
  const generator = new LoadGenerator(bench.ends);
  const { warmUpMs, runMs } = bench.short ? LENGTHS.short : LENGTHS.full;
  const load = (url: string, connections: number, forMs: number): Promise<LoadResult> =>
    generator.send({ url, secret, connections, forMs, maxRequests: MOST_REQUESTS });

  const rows: Row[] = [];
  const memory: number[] = [];
  for (const connections of CONNECTIONS) {
    bench.say(`ingress: ${connections} connections, warming up`);
    const warmUp = async (): Promise<void> => {
      for (const url of Object.values(urls)) await load(url, connections, warmUpMs);
    };
    const pairs = await measuredRuns(warmUp, async (index): Promise<Pair> => {
      const floor = await load(urls.floor, connections, runMs);
      const ingress = await load(urls.ingress, connections, runMs);
      const rates = `${figure(ingress.perSecond)}/s, floor ${figure(floor.perSecond)}/s`;
      bench.say(`ingress: ${connections} connections, run ${index} of ${RUNS}: ${rates}`);
      return { floor, ingress, memoryMiB: (await system.memory()).get('ingress-webhooks') ?? 0 };
    });
    rows.push(...rowsOf(connections, pairs));
    memory.splice(0, memory.length, ...pairs.map(({ memoryMiB }) => memoryMiB));
  }
  await generator.stop();
  await system.stop();
  return [...rows, rowOf('memory ingress-webhooks, saturated', 'MiB', memory)];
}

function rowsOf(connections: number, pairs: readonly Pair[]): Row[] {
  const row = (what: string, unit: Row['unit'], of: (result: LoadResult) => number): Row =>
    rowOf(
      `ingress ${what}, ${connections} connections`,
      unit,
      pairs.map(({ ingress }) => of(ingress)),
      pairs.map(({ floor }) => of(floor)),
    );
  return [
    row('requests', '1/s', ({ perSecond }) => perSecond),
    row('p50', 'ms', ({ p50 }) => p50),
    row('p99', 'ms', ({ p99 }) => p99),
  ];
}
