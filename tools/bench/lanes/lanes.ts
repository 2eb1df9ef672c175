import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';
import type { LanesOrder, LanesResult } from './lanes-process.ts';

const LANES = 10_000;

/** Memory of 10,000 blocked lanes with one record each, in a process of its own per run. */
export async function measureLanes(bench: Bench): Promise<Row[]> {
  const runs = await measuredRuns(
    () => measureOnce(bench),
    async (index) => {
      const run = await measureOnce(bench);
      bench.say(`lanes: run ${index} of ${RUNS}: ${figure(run.bytesPerLane)} B per blocked lane`);
      return run;
    },
  );
  return [
    rowOf(
      'blocked lane, besides its record',
      'B',
      runs.map(({ bytesPerLane }) => bytesPerLane),
    ),
    rowOf(
      'record in a blocked lane',
      'B',
      runs.map(({ bytesPerRecord }) => bytesPerRecord),
    ),
  ];
}

async function measureOnce({ ends }: Bench): Promise<LanesResult> {
  const order: LanesOrder = { lanes: LANES };
  const child = fork(join(import.meta.dirname, 'lanes-process.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
    env: { ...process.env, BENCH_ORDER: JSON.stringify(order) },
  });
  const exited = once(child, 'exit');
  const kill = ends.add(async () => {
    child.kill();
    await exited;
  });
  const ended = exited.then(() => Promise.reject(new Error('the process of the lanes ended early')));
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [LanesResult];
  ended.catch(() => undefined);
  await kill();
  return result;
}
