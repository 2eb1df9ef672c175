/** How long a grant may be used, milliseconds from the moment its request to Redis was started. */
export const GRANT_MS = 100;

/** A limit of a provider: never more than `limit` arrivals in any `periodMs`. */
export interface Bucket {
  /** What is limited, unique within the account: `requests`, `number:+15550009876`. */
  readonly name: string;
  readonly limit: number;
  readonly periodMs: number;
}

/** What the script takes: both in whole microseconds of Redis' clock. */
export interface Pace {
  /** T: one grant is refilled per interval. */
  readonly intervalUs: number;
  /** B·T: how far grants may run ahead of the refill. */
  readonly toleranceUs: number;
}

/**
 * The pace that keeps a limit of L per period P (promise 5 of the design).
 *
 *     T = P / 0.8L          refill 0.8·L/P, T rounded up to whole microseconds
 *     B = max(1, ⌊0.2L − δ·0.8·L/P⌋)      grants that may follow each other at once, δ = GRANT_MS
 *
 * GCRA keeps a virtual time V, after each grant max(V, now) + T, and grants while that is at most now + B·T. So of n grants
 * in a closed interval of length W the first leaves V ≥ g₁ + T, the last V ≥ g₁ + n·T, and V ≤ gₙ + B·T ≤ g₁ + W + B·T: hence
 * n ≤ B + W/T.
 *
 * A request arrives at most δ after its grant g: its deadline is δ after its call to Redis was *started*, which is before g.
 * What arrives in a window of length P was therefore granted in an interval of length P + δ, and
 *
 *     n ≤ B + (P + δ)/T ≤ B + 0.8L + δ·0.8·L/P
 *
 * - B = ⌊0.2L − δ·0.8·L/P⌋:  n ≤ 0.2L + 0.8L = L.
 * - B = 1 (small L):  n ≤ 1 + 0.8L·(1 + δ/P), and 0.8L·(1 + δ/P) < L as δ/P < 1/4, so the whole number n ≤ L. Hence P > 4δ.
 *
 * A bucket that Redis does not have, or has from an earlier run (which may have granted more than its file remembers), starts
 * drained, V = now + B·T, and grants for the first time after T. Whatever was granted before the loss left V at most there, so
 * the bound holds across the loss, too. V beyond now + B·T (clock set back) is cut to it for the same reason. A step of Redis'
 * clock forward by s is the one thing that adds grants: at most min(B, s/T).
 *
 * @throws RangeError naming the bucket
 */
export function paceOf(bucket: Bucket): Pace {
  const { name, limit, periodMs } = bucket;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`limit of ${name} must be a whole number from 1, not ${limit}`);
  }
  if (!(periodMs > 4 * GRANT_MS)) {
    throw new RangeError(`periodMs of ${name} must be above ${4 * GRANT_MS}, not ${periodMs}`);
  }
  const intervalUs = Math.ceil((periodMs * 1_000) / (0.8 * limit));
  const burst = Math.max(1, Math.floor(0.2 * limit - (GRANT_MS * 0.8 * limit) / periodMs));
  return { intervalUs, toleranceUs: burst * intervalUs };
}
