import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { paceBucket } from './campaign-pace.ts';

const GRANT_MS = 100;

describe("the bucket of a campaign's own pace", () => {
  it('is refilled at exactly that pace, and lets no more at once than those of a fifth of a second and one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (perMinute) => {
        const { limit, periodMs } = paceBucket('c', perMinute);
        const refillPerMs = (0.8 * limit) / periodMs;
        expect(refillPerMs * 60_000).toBeCloseTo(perMinute, 6);
        const atOnce = Math.max(1, 0.2 * limit - GRANT_MS * refillPerMs);
        expect(atOnce).toBeLessThanOrEqual(1 + refillPerMs * 200);
        expect(periodMs).toBeGreaterThan(4 * GRANT_MS);
        expect(Number.isInteger(limit)).toBe(true);
      }),
    );
  });

  it('is one for a campaign, by its id', () => {
    expect(paceBucket('c-1', 60)).toEqual({ name: 'pace:c-1', limit: 5, periodMs: 4_000 });
  });
});
