import type { LimitBucket } from './limit-bucket.ts';

/** Of a bucket's limit this share is refilled, the rest is what may come at once. */
const REFILL = 0.8;
/** Messages a minute of which one fits into every 200 ms. */
const ONE_AT_A_TIME = 300;
const MINUTE_MS = 60_000;

/**
 * The bucket of a campaign's own pace. That is a wish and no provider's limit, so it is refilled at exactly the pace r, instead of
 * staying below it: of limit L and period P
 *
 *     L = 5n,  P = 4n / r,  n = ⌈60 r / 300⌉        refill 0.8·L / P = r;  P ≥ 800 ms where n > 1
 *
 * and at once come ⌊n − r·100 ms⌋ ≤ r·200 ms + 1, at least one.
 */
export function paceBucket(campaignId: string, perMinute: number): LimitBucket {
  const n = Math.ceil(perMinute / ONE_AT_A_TIME);
  const limit = 5 * n;
  return { name: `pace:${campaignId}`, limit, periodMs: (REFILL * limit * MINUTE_MS) / perMinute };
}
