import type { CampaignProgress } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { latestOf } from './latest-progress.ts';

const progress = (more: Partial<CampaignProgress>): CampaignProgress => ({
  ...{ accepted: 10, waiting: 0, underWay: 0, sent: 10, delivered: 0, read: 0, failed: 0 },
  ...{ failedBy: {}, suppressed: 0, unresolved: 0, replies: 0, optOuts: 0 },
  ...more,
});

describe('what a campaign that has ended shows', () => {
  it('counts receipts and replies on that came after its end', () => {
    const counted = progress({ delivered: 9, replies: 2 });
    expect(latestOf(progress({ delivered: 4 }), counted)).toBe(counted);
  });

  it('is how it ended, where the counts are not kept any more or are not whole again yet', () => {
    const atItsEnd = progress({ delivered: 4 });
    expect(latestOf(atItsEnd, progress({ waiting: 10, sent: 0 }))).toBe(atItsEnd);
    expect(latestOf(atItsEnd, progress({ underWay: 1, sent: 9 }))).toBe(atItsEnd);
  });

  it('is what is counted while it has not ended', () => {
    const counted = progress({ waiting: 4, sent: 6 });
    expect(latestOf(undefined, counted)).toBe(counted);
  });
});
