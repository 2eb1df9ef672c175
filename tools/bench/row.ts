import { spreadOf, type Spread } from './statistics.ts';

export type Unit = '1/s' | 'ms' | 'µs' | 'MiB' | 'B' | '%' | 'count';

/** One line of the table and of the JSON file. */
export interface Row extends Spread {
  name: string;
  unit: Unit;
  /** Median of the same measurement of the bare loop, in the same run; null where there is none. */
  floor: number | null;
  /** `median / floor`: of a rate, more is better; of a time, less. */
  ratio: number | null;
}

/** Makes a row of what the runs gave. @throws Error when there was no run */
export function rowOf(name: string, unit: Unit, runs: readonly number[], floorRuns?: readonly number[]): Row {
  const { median, min, max } = spreadOf(runs);
  const floor = floorRuns ? spreadOf(floorRuns).median : null;
  const ratio = floor === null ? null : rounded(median / floor);
  return {
    name,
    unit,
    median: rounded(median),
    min: rounded(min),
    max: rounded(max),
    floor: floor === null ? null : rounded(floor),
    ratio,
  };
}

/** To hundredths: finer than any of these measurements repeats. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
