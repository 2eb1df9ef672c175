import { describe, expect, it } from '@jest/globals';
import { judgeCampaign } from './campaign.ts';
import { percentile } from './campaign-promises.ts';
import { cleanCampaign, ended } from './clean-campaign.ts';
import { arrival } from './clean-run.ts';
import { sumOf, type Tally } from './evidence.ts';
import { isClean } from './judge.ts';

type Campaign = ReturnType<typeof cleanCampaign>;

/** What a planted change makes of a campaign in which nothing went wrong: only the counts that differ. */
function planted(change: (campaign: Campaign) => void): Partial<Tally> {
  const campaign = cleanCampaign();
  change(campaign);
  const before: Record<string, unknown> = { ...sumOf(judgeCampaign(cleanCampaign())) };
  const after = Object.entries(sumOf(judgeCampaign(campaign)));
  return Object.fromEntries(after.filter(([name, count]) => name !== 'findings' && count !== before[name]));
}

const without = (campaign: Campaign, kind: string, order: string): void => {
  campaign.entries = campaign.entries.filter((one) => one.kind !== kind || one.conversationId !== order);
};
const again = (campaign: Campaign, order: string, at = 4_500): void =>
  void campaign.arrivals.push(arrival(campaign, order, { at, template: 'news' }));

describe('a campaign in which nothing went wrong', () => {
  it('is clean, and every recipient is accounted for', () => {
    const tally = sumOf(judgeCampaign(cleanCampaign()));
    expect(tally).toMatchObject({ in: 6, done: 4, skipped: 2, unresolved: 1, findings: [] });
    expect(isClean(tally)).toBe(true);
  });

  it('stays clean when the topic was read twice', () => {
    expect(planted((campaign) => campaign.entries.push(...campaign.entries.slice(0, 5)))).toEqual({});
  });
});

describe('a planted violation of a campaign is found:', () => {
  it('a row that became no recipient, and a recipient without an end, are lost', () => {
    expect(planted(({ rows }) => rows.push('NEWS-9'))).toEqual({ lost: 1 });
    const found = planted((campaign) => without(campaign, 'message.suppressed', 'NEWS-4'));
    expect(found).toEqual({ lost: 1, skipped: 1, contradicted: 2 });
  });

  it('one whose fact says sent and that never arrived is lost', () => {
    expect(planted((campaign) => void campaign.arrivals.shift())).toEqual({ done: 3, lost: 1 });
  });

  it('one that arrived twice is a silent repeat, unless its fact says that nobody knows', () => {
    expect(planted((campaign) => again(campaign, 'NEWS-1'))).toEqual({ repeatedSilent: 1 });
    const found = planted((campaign) => {
      for (let time = 0; time < 2; time++) again(campaign, 'NEWS-5');
    });
    expect(found).toEqual({ repeatedMarked: 1 });
  });

  it('one that ended twice, and one that is on its topic twice, are silent repeats', () => {
    expect(planted((campaign) => ended(campaign, 'NEWS-4', 'message.suppressed'))).toEqual({ repeatedSilent: 1 });
    const found = planted(({ recipients }) => recipients.push(recipients[4]!));
    expect(found).toMatchObject({ repeatedSilent: 1 });
  });

  it('one that arrived although its fact says suppressed contradicts', () => {
    expect(planted((campaign) => again(campaign, 'NEWS-4'))).toEqual({ contradicted: 1 });
  });

  it('one that arrives later than a second after the STOP, behind the pause or behind the rejection, is out of turn', () => {
    expect(planted((campaign) => again(campaign, 'NEWS-5', 20_140))).toEqual({});
    expect(planted((campaign) => again(campaign, 'NEWS-5', 20_160))).toEqual({ swapped: 1 });
    expect(planted((campaign) => again(campaign, 'NEWS-5', 26_000))).toEqual({ swapped: 1 });
    expect(planted((campaign) => again(campaign, 'NEWS-4', 21_001))).toEqual({ contradicted: 1, swapped: 3 });
  });

  it('every figure of the API that is not the count by id contradicts', () => {
    const found = planted((campaign) => {
      campaign.progress = { ...campaign.progress, sent: 5, delivered: 3, replies: 2, optOuts: 1 };
    });
    expect(found).toEqual({ contradicted: 4 });
  });

  it('limits, waits and what the upload answered are promises that were not kept', () => {
    expect(planted(({ overLimit }) => overLimit.push('number:1 21 of 20'))).toEqual({ unkept: 1 });
    expect(planted(({ waits }) => waits.push(2_000, 2_000, 2_001))).toEqual({ unkept: 1 });
    expect(planted((campaign) => void (campaign.waits = []))).toEqual({ unkept: 1 });
    const untold = planted((campaign) => {
      campaign.upload = { ...campaign.upload, wrongLines: [5, 7] };
    });
    expect(untold).toEqual({ unkept: 1 });
    const counts = planted((campaign) => {
      campaign.upload = { ...campaign.upload, wanted: { ...campaign.upload.wanted, accepted: 7 } };
    });
    expect(counts).toEqual({ unkept: 1 });
  });
});

describe('a percentile', () => {
  it('is the smallest value that so many do not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => index + 1);
    expect([percentile(values, 0.99), percentile(values, 0.5), percentile([7], 0.99)]).toEqual([198, 100, 7]);
  });
});
