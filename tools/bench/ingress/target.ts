import { cpuSeconds } from '../cpu.ts';
import { residentMiB } from '../memory.ts';
import type { LoadGenerator } from './load-generator.ts';
import type { LoadOrder, LoadResult } from './load.ts';

/** A process that takes webhooks. */
export interface Target {
  readonly url: string;
  readonly pid: number;
}

/** What one run against a target gave, and what it cost the target. */
export interface TargetResult extends LoadResult {
  /** Microseconds of processor time per request; undefined where the operating system does not tell. */
  cpuMicros: number | undefined;
  /** Resident memory at the end of the run. */
  memoryMiB: number;
}

/** Sends load to a target and looks at its process before and after. */
export async function loadTarget(
  generator: LoadGenerator,
  { url, pid }: Target,
  order: Omit<LoadOrder, 'url'>,
): Promise<TargetResult> {
  const before = cpuSeconds(pid);
  const result = await generator.send({ ...order, url });
  const after = cpuSeconds(pid);
  const used = before === undefined || after === undefined ? undefined : after - before;
  const cpuMicros = used === undefined ? undefined : (used * 1e6) / result.requests;
  return { ...result, cpuMicros, memoryMiB: await residentMiB(pid) };
}
