/** How long a grant may be used, milliseconds from the moment its request to Redis was started. */
export const GRANT_MS = 100;

/** A limit of a provider: never more than `limit` arrivals in any `periodMs`. */
export interface Bucket {
  /**
   * What is limited, unique within the scope: its kind, then what tells it from others of the kind: `requests`,
   * `number:+15550009876`, `pair:+15550009876:<conversation id>`. Stands in Redis' keys, so no contact's address; kinds stand
   * in metrics.
   */
  readonly name: string;
  readonly limit: number;
  readonly periodMs: number;
  /** A pair limit: one per `periodMs / limit`, but up to so many at once, paid back by time. A demand has one such at most. */
  readonly borrow?: number;
  /** Share of the refill (0 to 1) that campaigns may use while transactional traffic asks, too; while none does, all of it. */
  readonly campaignShare?: number;
}

/** What the script takes: all in whole microseconds of Redis' clock. */
export interface Pace {
  /** T: one grant is refilled per interval. */
  readonly intervalUs: number;
  /** How far grants may run ahead of the refill: B·T and a bit. */
  readonly toleranceUs: number;
  /** A pair: a bucket that Redis does not have is paid back as far as Redis' memory reaches, not drained. */
  readonly pair: boolean;
  /** The campaigns' own interval and tolerance while transactional traffic asks; -1: no share is set, 0: nothing then. */
  readonly campaignIntervalUs: number;
  readonly campaignToleranceUs: number;
}

const paces = new Map<string, Pace>();

/**
 * The pace that keeps the limit of a bucket; equal limits have the same pace object.
 *
 * @throws RangeError naming the bucket
 */
export function paceOf(bucket: Bucket): Pace {
  const { limit, periodMs, borrow, campaignShare } = bucket;
  const key = `${limit} ${periodMs} ${borrow} ${campaignShare}`;
  let pace = paces.get(key);
  if (!pace) {
    refuseImpossible(bucket);
    paces.set(key, (pace = { ...(borrow === undefined ? limitPace(bucket) : pairPace(bucket, borrow)) }));
  }
  return pace;
}

/**
 * The pace that keeps a limit of L per period P (promise 5 of the design).
 *
 *     T = P / 0.8L                        refill 0.8·L/P, T rounded up to whole microseconds
 *     x = 0.2L − δ·0.8·L/P                δ = GRANT_MS; x > 0 as P > 4δ
 *     B = max(1, ⌊x⌋)                     grants that may follow each other at once
 *     tolerance = (B + min(x, 1)/2)·T     the last part lets an asker come late without losing refill; it adds no grant at once
 *
 * GCRA keeps a virtual time V, after each grant max(V, now) + T, and grants while V before it is at most now + tolerance − T. So of
 * n grants in a closed interval of length W the first leaves V ≥ g₁ + T, the last finds V ≥ g₁ + (n−1)·T, and finds V ≤ gₙ +
 * tolerance − T ≤ g₁ + W + tolerance − T: hence n ≤ (W + tolerance)/T.
 *
 * A request arrives at most δ after its grant g: its deadline is δ after its call to Redis was *started*, which is before g.
 * What arrives in a closed window of length P was therefore granted in a closed interval of length P + δ, and
 *
 *     n ≤ (P + δ + tolerance)/T ≤ 0.8L + δ·0.8·L/P + B + min(x, 1)/2 = L − x + B + min(x, 1)/2
 *
 * - x ≥ 1: B ≤ x, so n ≤ L + 1/2;   - x < 1: B = 1, so n ≤ L + 1 − x/2 < L + 1.   n is whole: n ≤ L.
 *
 * Grants fetched ahead of their use (leases) are no term of their own: their δ runs from the start of the call that fetched
 * them, whoever uses them, so the arithmetic above counts them already.
 *
 * Slowed to a factor f ≤ 1, V advances by T/f ≥ T per grant under the same condition: the bound holds all the more.
 *
 * A bucket that Redis does not have, or has from an earlier run (which may have granted more than its file remembers), starts
 * drained, V = now + tolerance, and grants for the first time after T. Whatever was granted before the loss left V at most
 * there, so the bound holds across the loss, too. V beyond that (clock set back) is cut to it for the same reason. A step of
 * Redis' clock forward by s is the one thing that adds grants: at most min(tolerance, s)/T.
 */
function limitPace({ limit, periodMs, campaignShare }: Bucket): Pace {
  const intervalUs = Math.ceil((periodMs * 1_000) / (0.8 * limit));
  const exact = 0.2 * limit - (GRANT_MS * 0.8 * limit) / periodMs;
  const burst = Math.max(1, Math.floor(exact));
  const toleranceUs = Math.floor((burst + Math.min(exact, 1) / 2) * intervalUs);
  return { intervalUs, toleranceUs, pair: false, ...campaignPace(campaignShare, burst, intervalUs) };
}

/**
 * The pace of a pair limit, the named exception: one per Q = P/L, of which up to b may be taken at once and are paid back by
 * time; in any window of length W there arrive at most b + W/Q.
 *
 *     T = Q + δ,  tolerance = b·T,  no 80 %
 *
 * As above, n arrivals in a closed window of length W mean n ≤ b + (W + δ)/T. If n > b, then (n−b)·(Q + δ) ≤ W + δ, so
 * (n−b)·Q ≤ W − (n−b−1)·δ ≤ W: n ≤ b + W/Q.
 *
 * Most pairs are new, so a pair that Redis does not have cannot start drained: its first message would wait for T. Redis forgets
 * a pair only once it is paid back, so a missing one owes nothing but what Redis lost: at most V = t₀ + b·T, t₀ being the moment
 * at which this run of Redis was first asked for this scope. Right after a loss a pair gets nothing for T, b·T after it all is as usual.
 */
function pairPace({ limit, periodMs, campaignShare }: Bucket, borrow: number): Pace {
  const intervalUs = Math.ceil((periodMs / limit + GRANT_MS) * 1_000);
  const toleranceUs = borrow * intervalUs;
  return { intervalUs, toleranceUs, pair: true, ...campaignPace(campaignShare, borrow, intervalUs) };
}

/** Campaigns' own GCRA, of the share's refill and the share's part of the burst; it only ever takes away from the above. */
function campaignPace(share: number | undefined, burst: number, intervalUs: number) {
  if (share === undefined || share === 1) return { campaignIntervalUs: -1, campaignToleranceUs: 0 };
  if (share === 0) return { campaignIntervalUs: 0, campaignToleranceUs: 0 };
  const campaignIntervalUs = Math.ceil(intervalUs / share);
  return { campaignIntervalUs, campaignToleranceUs: Math.max(1, Math.floor(burst * share)) * campaignIntervalUs };
}

function refuseImpossible({ name, limit, periodMs, borrow, campaignShare = 1 }: Bucket): void {
  const refuse = (what: string, must: string, value: number) => {
    throw new RangeError(`${what} of ${name} must be ${must}, not ${value}`);
  };
  if (!Number.isInteger(limit) || limit < 1) refuse('limit', 'a whole number from 1', limit);
  const above = borrow === undefined ? 4 * GRANT_MS : 0;
  if (!(periodMs > above && periodMs < Infinity)) refuse('periodMs', `above ${above}`, periodMs);
  if (borrow !== undefined && !(Number.isInteger(borrow) && borrow >= 1)) {
    refuse('borrow', 'a whole number from 1', borrow);
  }
  if (!(campaignShare >= 0 && campaignShare <= 1)) refuse('campaignShare', 'from 0 to 1', campaignShare);
}
