import { script } from '../client/script.ts';

/** A moment of the clock of one Redis run. Moments of two runs cannot be compared: theirs may be two machines. */
export interface RedisMoment {
  readonly run: string;
  readonly ms: number;
}

export const MARK_FRESH = script({ name: 'mark-fresh', file: new URL('./mark-fresh.lua', import.meta.url), keys: 2 });

/** A mark that nobody renews is of no use after a second; for so long operators can see how old it is. */
export const MARK_KEEP_MS = 3_600_000;

/** A mark may be written between the clock and its own reading. */
const AHEAD_MS = 50;

/** The moment of a mark; undefined of a missing one, of another Redis run, or one ahead of the clock. */
export function readMark(stored: string | null, now: RedisMoment): number | undefined {
  const [run, ms] = (stored ?? '').split(' ');
  return run === now.run && Number(ms) <= now.ms + AHEAD_MS ? Number(ms) : undefined;
}
