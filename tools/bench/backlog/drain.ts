import { waitFor, type ManagedProcess } from '@heliograph/testing';
import { cpuSeconds } from '../cpu.ts';
import { residentMiB } from '../memory.ts';
import type { TopicEnd } from './topic-end.ts';

/** A process that reads records and writes one record for each of them to its output topic. */
export interface Worker {
  readonly process: ManagedProcess;
  readonly output: string;
}

export interface Drained {
  perSecond: number;
  /** Microseconds of processor time per record; undefined where the operating system does not tell. */
  cpuMicros: number | undefined;
  /** Resident memory at the end. */
  memoryMiB: number;
}

const DRAINED_WITHIN_MS = 120_000;
/** Of seconds; small beside them. */
const LOOK_EVERY_MS = 20;

/** A held process takes nothing from its topics (SIGSTOP), so a topic can be filled before anything of it is read. */
export const hold = ({ process }: Worker): void => process.signal('SIGSTOP');
export const release = ({ process }: Worker): void => process.signal('SIGCONT');

/** Releases a held worker and takes the time until so many more records are on its output topic. @throws Error when they do not come */
export async function drain(end: TopicEnd, worker: Worker, records: number): Promise<Drained> {
  const { process, output } = worker;
  const goal = (await end.of(output)) + records;
  const cpuBefore = cpuSeconds(process.pid);
  const began = performance.now();
  release(worker);
  await waitFor(async () => (await end.of(output)) >= goal, {
    timeoutMs: DRAINED_WITHIN_MS,
    intervalMs: LOOK_EVERY_MS,
    description: `${process.name} has written ${records} records to ${output}`,
    giveUp: () => (process.ending ? new Error(`${process.name} ended:\n${process.lastLogLines()}`) : undefined),
  });
  const seconds = (performance.now() - began) / 1000;
  const cpuAfter = cpuSeconds(process.pid);
  const used = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
  return {
    perSecond: records / seconds,
    cpuMicros: used === undefined ? undefined : (used * 1e6) / records,
    memoryMiB: await residentMiB(process.pid),
  };
}
