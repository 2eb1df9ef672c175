import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';
import { drain, hold, release, type Drained, type Worker } from './drain.ts';
import type { TopicEnd } from './topic-end.ts';

/** A service, and the bare loop that reads the same records. */
export interface Pair<T> {
  floor: T;
  service: T;
}

export interface BacklogOptions {
  /** Of the service, as rows and progress name it. */
  name: string;
  /** Under which circumstances, where there are several. */
  detail?: string;
  /** What one record is in the rows. */
  what: string;
  workers: Pair<Worker>;
  end: TopicEnd;
  /** Records of the warm-up and of one run. */
  counts: { warmUp: number; run: number };
  /** Puts so many records on the topic that both read. */
  fill: (count: number) => Promise<void>;
}

/**
 * Records per second over a filled topic: both processes are held while it is filled, then released one after the other, so
 * that both meet the same machine. The time runs from the release to the last record on the output topic.
 */
export async function measureBacklog(bench: Bench, options: BacklogOptions): Promise<Row[]> {
  const { what, counts, detail } = options;
  const under = detail === undefined ? '' : `, ${detail}`;
  const name = options.name + under;
  bench.say(`${name}: warming up`);
  const runs = await measuredRuns(
    () => fillAndDrain(options, counts.warmUp),
    async (index) => {
      const run = await fillAndDrain(options, counts.run);
      const rates = `${figure(run.service.perSecond)}/s, floor ${figure(run.floor.perSecond)}/s`;
      bench.say(`${name}: run ${index} of ${RUNS}: ${rates}`);
      return run;
    },
  );
  return rowsOf((row) => `${options.name} ${row}${under}`, what, runs);
}

async function fillAndDrain(options: BacklogOptions, count: number): Promise<Pair<Drained>> {
  const { workers, end, fill } = options;
  hold(workers.floor);
  hold(workers.service);
  await fill(count);
  const floor = await drain(end, workers.floor, count);
  hold(workers.floor);
  const service = await drain(end, workers.service, count);
  release(workers.floor);
  return { floor, service };
}

function rowsOf(named: (row: string) => string, what: string, runs: readonly Pair<Drained>[]): Row[] {
  const of = (which: keyof Pair<Drained>, value: keyof Drained): number[] =>
    runs.flatMap((run) => run[which][value] ?? []);
  const rows = [rowOf(named(`${what}s`), '1/s', of('service', 'perSecond'), of('floor', 'perSecond'))];
  const used = of('service', 'cpuMicros');
  if (used.length > 0) rows.push(rowOf(named(`CPU per ${what}`), 'µs', used, of('floor', 'cpuMicros')));
  return [...rows, rowOf(named('memory, saturated'), 'MiB', of('service', 'memoryMiB'))];
}
