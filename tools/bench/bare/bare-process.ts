import { readFileSync } from 'node:fs';
import { ManagedProcess, waitFor } from '@heliograph/testing';
import { PIDS } from '../bench-system.ts';
import type { Ends } from '../ends.ts';

export interface BareProcessOptions {
  name: string;
  /** A TypeScript file that calls {@link readOrder} and, when it works, {@link tellReady}. */
  file: string;
  order: object;
  /** Of its log. */
  folder: string;
  flags?: readonly string[];
}

const READY = 'ready';

/** Starts a process of the benchmarks' own and waits until it works. Ends with this process. */
export async function startBareProcess(ends: Ends, options: BareProcessOptions): Promise<ManagedProcess> {
  const { name, file, order, folder, flags = [] } = options;
  const logFile = `${folder}/${name}.log`;
  const child = await ManagedProcess.start({
    name: `bench-${name}`,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', ...flags, file],
    // By the environment, since arguments can be read by everybody on the machine.
    env: { ...process.env, BENCH_ORDER: JSON.stringify(order) },
    logFile,
    pidFolder: PIDS,
    channel: true,
  });
  ends.add(() => child.kill());
  await waitFor(() => readFileSync(logFile, 'utf8').split('\n').includes(READY), {
    timeoutMs: 30_000,
    description: `${name} is ready`,
    giveUp: () => (child.ending ? new Error(`${name} ended:\n${child.lastLogLines()}`) : undefined),
  });
  return child;
}

/** In the child: what it was told. It ends when its parent does. */
export function readOrder<Order>(): Order {
  process.once('disconnect', () => process.exit());
  return JSON.parse(process.env.BENCH_ORDER ?? '') as Order;
}

/** In the child. */
export function tellReady(): void {
  console.log(READY);
}
