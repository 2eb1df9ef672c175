import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { BenchSystem } from '../bench-system.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';
import { startFloor } from './floor.ts';
import { LoadGenerator } from './load-generator.ts';
import { loadTarget, type Target, type TargetResult } from './target.ts';

const CONNECTIONS = [10, 64, 256];
const MOST_REQUESTS = 500_000;
const LENGTHS = { full: { warmUpMs: 2_500, runMs: 5_000 }, short: { warmUpMs: 1_000, runMs: 1_500 } };

/** One measured run: the floor, and right after it the ingress, so that both meet the same machine. */
interface Pair {
  floor: TargetResult;
  ingress: TargetResult;
}

/** Sends load for so long to one of the two. */
type Load = (target: Target, connections: number, forMs: number) => Promise<TargetResult>;

/** Signed webhooks per second, acknowledged after acks=all. The ingress runs alone, so that nobody reads what it writes. */
export async function measureIngress(bench: Bench): Promise<Row[]> {
  bench.say('ingress: starting ingress-webhooks and its floor');
  const system = await BenchSystem.prepare(bench, 'ingress');
  await system.start('ingress-webhooks');
  const [account] = system.context.files.accounts;
  if (!account) throw new Error('the system has no account');
  const secret = account.webhookSecret;
  const floor = await startFloor(bench, system, secret);
  const ingress: Target = { url: account.webhookUrl, pid: system.pid('ingress-webhooks') };
  const generator = new LoadGenerator(bench.ends);
  const load: Load = (target, connections, forMs) =>
    loadTarget(generator, target, { secret, connections, forMs, maxRequests: MOST_REQUESTS });

  const rows: Row[] = [];
  let saturated: Pair[] = [];
  for (const connections of CONNECTIONS) {
    saturated = await measurePairs(bench, { floor, ingress }, connections, load);
    rows.push(...rowsOf(connections, saturated));
  }
  await generator.stop();
  await system.stop();
  const memory = saturated.map((pair) => pair.ingress.memoryMiB);
  return [...rows, rowOf('memory ingress-webhooks, saturated', 'MiB', memory)];
}

function measurePairs(
  { say, short }: Bench,
  targets: { floor: Target; ingress: Target },
  connections: number,
  load: Load,
): Promise<Pair[]> {
  const { warmUpMs, runMs } = short ? LENGTHS.short : LENGTHS.full;
  say(`ingress: ${connections} connections, warming up`);
  const warmUp = async (): Promise<void> => {
    for (const target of [targets.floor, targets.ingress]) await load(target, connections, warmUpMs);
  };
  return measuredRuns(warmUp, async (index) => {
    const floor = await load(targets.floor, connections, runMs);
    const ingress = await load(targets.ingress, connections, runMs);
    const rates = `${figure(ingress.perSecond)}/s, floor ${figure(floor.perSecond)}/s`;
    say(`ingress: ${connections} connections, run ${index} of ${RUNS}: ${rates}`);
    return { floor, ingress };
  });
}

function rowsOf(connections: number, pairs: readonly Pair[]): Row[] {
  const row = (what: string, unit: Row['unit'], of: (result: TargetResult) => number | undefined): Row[] => {
    const values = pairs.flatMap(({ ingress }) => of(ingress) ?? []);
    const floors = pairs.flatMap(({ floor }) => of(floor) ?? []);
    return values.length === 0 ? [] : [rowOf(`ingress ${what}, ${connections} connections`, unit, values, floors)];
  };
  return [
    ...row('requests', '1/s', ({ perSecond }) => perSecond),
    ...row('p50', 'ms', ({ p50 }) => p50),
    ...row('p99', 'ms', ({ p99 }) => p99),
    ...row('CPU per request', 'µs', ({ cpuMicros }) => cpuMicros),
  ];
}
