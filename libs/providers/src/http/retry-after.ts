import type { RetryMoment } from '../limits.ts';

/** Wait when a provider throttles and names no moment: the first step of the back-off of guide 002, edge case 2. */
export const DEFAULT_BACKOFF_MS = 2_000;
/** Longest wait believed, so that one absurd answer cannot stop an account for good. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3: seconds or an HTTP date).
 *
 * @param date the answer's `Date` header: a date is then read as a distance from it, whatever the two clocks say
 * @param now moment of the answer, milliseconds of Date.now()
 */
export function retryMoment(retryAfter: string | undefined, date: string | undefined, now: number): RetryMoment {
  const wait = waitMs(retryAfter?.trim() ?? '', date, now);
  if (wait === undefined) return { retryAt: now + DEFAULT_BACKOFF_MS, named: false };
  return { retryAt: now + Math.min(Math.max(0, wait), LONGEST_MS), named: true };
}

function waitMs(retryAfter: string, date: string | undefined, now: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(retryAfter)) return Math.ceil(Number(retryAfter) * 1000);
  // Date.parse takes almost anything for a date ("-5", "2"): an HTTP date begins with the day's name.
  if (!/^[A-Z][a-z]+, /.test(retryAfter)) return undefined;
  const moment = Date.parse(retryAfter);
  if (Number.isNaN(moment)) return undefined;
  const theirNow = Date.parse(date ?? '');
  return moment - (Number.isNaN(theirNow) ? now : theirNow);
}
