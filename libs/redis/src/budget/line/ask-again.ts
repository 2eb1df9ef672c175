import type { Pace } from '../bucket.ts';

/** Where the tolerance allows it, grants of so many milliseconds are fetched together instead of one by one. */
const GATHER_MS = 5;
/** Longer than the ways to Redis differ. */
const MOST_CHANCE_MS = 50;

/**
 * When to ask again for a bucket that has nothing until a moment. Asking later loses nothing as long as the refill of that time,
 * and one grant more, fits into the tolerance. So it is left to chance how much later (else whoever is nearer to Redis would
 * always be there first), and those who sleep until about the same moment are asked for together.
 *
 * @param chance from 0 to 1
 */
export function askAgainAt({ intervalUs, toleranceUs, pair }: Pace, moment: number, chance: number): number {
  if (pair) return moment;
  const spareMs = (toleranceUs - intervalUs) / 2_000;
  const at = moment + chance * Math.min(MOST_CHANCE_MS, intervalUs / 1_000, spareMs / 2);
  return spareMs < 2 * GATHER_MS ? at : Math.ceil(at / GATHER_MS) * GATHER_MS;
}
