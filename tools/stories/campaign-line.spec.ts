import { describe, expect, it } from '@jest/globals';
import { campaignLine } from './campaign-line.ts';

const progress = {
  ...{ accepted: 40, waiting: 18, underWay: 2, sent: 18, delivered: 12, read: 4, failed: 2, failedBy: { expired: 2 } },
  ...{ suppressed: 0, unresolved: 0, replies: 1, optOuts: 0 },
};

describe('the line of a campaign', () => {
  it('shows how many have ended, and of what there is any', () => {
    const campaign = { campaignId: 'id', state: 'running' as const, reasons: [], progress };
    expect(campaignLine({ ...campaign, expectedEnd: '2030-01-31T18:00:05.123Z' })).toBe(
      '  campaign  running  [############............] 18 of 40 sent, 12 delivered, 4 read, 2 failed, 1 replies, done about 18:00:05 UTC',
    );
  });

  it('says why a campaign does not run, and stands nothing has been asked for', () => {
    const none = {
      ...progress,
      accepted: 0,
      waiting: 0,
      underWay: 0,
      sent: 0,
      delivered: 0,
      read: 0,
      failed: 0,
      replies: 0,
    };
    const campaign = { campaignId: 'id', state: 'halted' as const, reasons: [{ reason: 'template "x" is REJECTED' }] };
    expect(campaignLine({ ...campaign, progress: none })).toBe(
      '  campaign  halted   [........................] 0 of 0 sent, 0 delivered, 0 read, template "x" is REJECTED',
    );
  });
});
