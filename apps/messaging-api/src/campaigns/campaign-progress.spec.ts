import type { CampaignProgress, CampaignStep } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { expectedEndOf } from './campaign-progress.ts';

const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
const progress = (accepted: number, waiting: number, underWay: number): CampaignProgress => ({
  ...{ accepted, waiting, underWay, sent: accepted - waiting - underWay, delivered: 0, read: 0, failed: 0 },
  ...{ failedBy: {}, suppressed: 0, unresolved: 0, replies: 0, optOuts: 0 },
});

describe('the expected end of a campaign', () => {
  it('is when the rest will have ended at the pace it has had while it ran', () => {
    const history: CampaignStep[] = [
      { state: 'draft', at: at(0) },
      { state: 'running', at: at(100) },
      { state: 'paused', at: at(150) },
      { state: 'running', at: at(900) },
    ];
    // 50 s and 50 s for 100 of 300.
    expect(expectedEndOf({ state: 'running', history }, progress(300, 190, 10), 950_000)).toBe(at(950 + 200));
  });

  it('is not known before anything has ended, when it does not run, and when nothing is left', () => {
    const history: CampaignStep[] = [{ state: 'running', at: at(100) }];
    expect(expectedEndOf({ state: 'running', history }, progress(10, 10, 0), 200_000)).toBeUndefined();
    expect(expectedEndOf({ state: 'paused', history }, progress(10, 5, 0), 200_000)).toBeUndefined();
    expect(expectedEndOf({ state: 'running', history }, progress(10, 0, 0), 200_000)).toBeUndefined();
  });
});
