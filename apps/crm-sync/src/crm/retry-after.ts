/** Longest wait believed, so that one absurd answer does not stop the sync for days. */
const LONGEST_MS = 60 * 60 * 1000;

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or an HTTP date.
 *
 * @param now milliseconds of Date.now()
 * @returns the named moment, milliseconds of Date.now(); undefined when none is named
 */
export function retryMoment(header: string | undefined, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : undefined;
  // Date.parse takes almost anything for a date; an HTTP date begins with the day's name.
  const date = /^[A-Z][a-z]{2,8}, /.test(value) ? Date.parse(value) : Number.NaN;
  const waitMs = seconds === undefined ? date - now : seconds * 1000;
  return Number.isNaN(waitMs) ? undefined : now + Math.min(Math.max(0, waitMs), LONGEST_MS);
}
