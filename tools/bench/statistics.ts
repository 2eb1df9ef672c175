/** What several runs of one measurement say. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** @throws Error when there is nothing to summarise */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values);
  const middle = sorted.length / 2;
  const lower = sorted[Math.ceil(middle) - 1] as number;
  const upper = sorted[Math.floor(middle)] as number;
  return { median: (lower + upper) / 2, min: sorted[0] as number, max: sorted.at(-1) as number };
}

/**
 * The smallest value that at least `percent` of all values do not exceed (nearest rank), so a percentile is always a value
 * that was measured.
 *
 * @throws Error when there are no values
 */
export function percentile(values: readonly number[] | Float64Array, percent: number): number {
  const sorted = ascending(values);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] as number;
}

/** Float64Array sorts numbers by their value, Array by their text. */
function ascending(values: readonly number[] | Float64Array): Float64Array {
  if (values.length === 0) throw new Error('nothing was measured');
  return Float64Array.from(values).sort();
}
