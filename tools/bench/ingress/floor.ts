import { join } from 'node:path';
import { freePort } from '@heliograph/testing';
import { startBareProcess } from '../bare/bare-process.ts';
import type { Bench } from '../bench.ts';
import type { BenchSystem } from '../bench-system.ts';
import type { FloorOrder } from './floor-process.ts';
import type { Target } from './target.ts';

/** Starts the bare ingress. Resolves once it listens; its topic goes with those of the system. */
export async function startFloor({ ends }: Bench, system: BenchSystem, secret: string): Promise<Target> {
  const port = await freePort();
  const topic = `${system.context.namespace}floor`;
  const order: FloorOrder = { brokers: system.brokers, topic, port, secret };
  const file = join(import.meta.dirname, 'floor-process.ts');
  const { pid } = await startBareProcess(ends, { name: 'ingress-floor', file, order, folder: system.folder });
  return { url: `http://127.0.0.1:${port}/`, pid };
}
