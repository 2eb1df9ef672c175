/**
 * draft: recipients may be added; checking: it is to start and what it needs is looked at, or its start is awaited; paused by
 * people, halted because something it needs is missing: nothing of it is sent; finished: every recipient has ended.
 */
export const CAMPAIGN_STATES = ['draft', 'checking', 'running', 'paused', 'halted', 'finished'] as const;
export type CampaignStateWord = (typeof CAMPAIGN_STATES)[number];

export const CAMPAIGN_ACTIONS = ['start', 'pause', 'resume', 'cancel'] as const;
export type CampaignAction = (typeof CAMPAIGN_ACTIONS)[number];

/** Why a campaign is finished: every recipient has ended by itself, somebody cancelled it, or its time was over. */
export const CAMPAIGN_ENDS = ['completed', 'cancelled', 'expired'] as const;
export type CampaignEnd = (typeof CAMPAIGN_ENDS)[number];

/** Key of records about a campaign. */
export const campaignKey = (of: { readonly tenant: string; readonly campaignId: string }): string =>
  JSON.stringify([of.tenant, of.campaignId]);
