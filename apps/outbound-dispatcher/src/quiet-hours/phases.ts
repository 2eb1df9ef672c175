import type { TimeZone } from './time-zone.ts';
import type { WeeklyHours } from './weekly-hours.ts';

/** For how long it stays allowed, or not. */
export interface Phase {
  readonly isAllowed: boolean;
  readonly from: number;
  /** Milliseconds; it changes then, or is looked at again. */
  readonly until: number;
}

const HOUR_MS = 3_600_000;
/** No zone changes its offset twice within this time. */
const STEP_MS = 6 * HOUR_MS;
/** A week's hours change within a week; a day of it may be left out when a zone jumps over the date line. */
const HORIZON_MS = 16 * 24 * HOUR_MS;

/**
 * Whether it is allowed at a moment, and until when. What the wall clock shows decides at every moment: an hour that it shows twice
 * counts twice, one that it leaves out is skipped, and what would have begun in it begins with the first moment behind it.
 */
export function phaseAt(hours: WeeklyHours, zone: TimeZone, now: number): Phase {
  const { isAllowed } = hours.at(now + zone.offsetAt(now));
  let at = now;
  while (at < now + HORIZON_MS) {
    const offset = zone.offsetAt(at);
    const there = hours.at(at + offset);
    if (there.isAllowed !== isAllowed) break;
    const next = at + Math.min(there.leftMs, STEP_MS);
    at = zone.offsetAt(next) === offset ? next : changeBetween(zone, at, next);
  }
  return { isAllowed, from: now, until: at };
}

/** The first moment with another offset than `from`, at most `to`, which has one. */
function changeBetween(zone: TimeZone, from: number, to: number): number {
  const offset = zone.offsetAt(from);
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zone.offsetAt(middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}
