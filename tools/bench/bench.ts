import type { Say, TestBrokers } from '@heliograph/testing';
import type { Ends } from './ends.ts';
import type { Row } from './row.ts';

/** What every benchmark gets. */
export interface Bench {
  readonly brokers: TestBrokers;
  readonly ends: Ends;
  readonly short: boolean;
  /** Tells people what is being done. */
  readonly say: Say;
}

/** Measures something and gives its rows. */
export type Measure = (bench: Bench) => Promise<Row[]>;

/** Measured runs, after a warm-up that does not count. */
export const RUNS = 3;

/** Runs something once for nothing and then {@link RUNS} times for its result. */
export async function measuredRuns<T>(
  warmUp: () => Promise<unknown>,
  run: (index: number) => Promise<T>,
): Promise<T[]> {
  await warmUp();
  const results: T[] = [];
  for (let index = 1; index <= RUNS; index++) results.push(await run(index));
  return results;
}
