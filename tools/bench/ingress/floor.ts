import { join } from 'node:path';
import { freePort, ManagedProcess, waitFor } from '@heliograph/testing';
import type { Bench } from '../bench.ts';
import { PIDS, type BenchSystem } from '../bench-system.ts';
import type { FloorOrder } from './floor-process.ts';
import type { Target } from './target.ts';

/** What the ingress gives its topic (CONVERSATION_PARTITIONS). */
const PARTITIONS = 12;

/** Starts the bare ingress. Resolves once it answers; its topic goes with those of the system. */
export async function startFloor({ ends }: Bench, system: BenchSystem, secret: string): Promise<Target> {
  const port = await freePort();
  const topic = `${system.context.namespace}floor`;
  const order: FloorOrder = { brokers: system.brokers, topic, partitions: PARTITIONS, port, secret };
  const child = await ManagedProcess.start({
    name: 'bench-floor',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'floor-process.ts')],
    env: { ...process.env, FLOOR_ORDER: JSON.stringify(order) },
    logFile: `${system.folder}/floor.log`,
    pidFolder: PIDS,
    channel: true,
  });
  ends.add(() => child.kill());
  const url = `http://127.0.0.1:${port}/`;
  await waitFor(async () => (await fetch(url)).ok, {
    timeoutMs: 30_000,
    description: 'the bare ingress answers',
    giveUp: () => (child.ending ? new Error(`the bare ingress ended:\n${child.lastLogLines()}`) : undefined),
  });
  return { url, pid: child.pid };
}
