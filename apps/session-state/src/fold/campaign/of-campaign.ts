import type { CampaignEntry, SessionSnapshot } from '@heliograph/contracts';
import type { Effect, EffectContext } from '../effect.ts';
import type { Fact } from '../facts.ts';
import { laterOf } from '../moments.ts';
import { campaignEntryOf } from './campaign-entry.ts';
import { saysNo, withLastCampaign } from './last-campaign.ts';

/** What a fact means for campaigns: what its entry tells, and the state that remembers it. */
export interface OfCampaign {
  readonly campaign: CampaignEntry | undefined;
  readonly state: SessionSnapshot;
}

/** @param before the state before the effect of the fact */
export function ofCampaign(
  before: SessionSnapshot,
  effect: Exclude<Effect, { stale: string }>,
  fact: Fact,
  { moment, at }: Pick<EffectContext, 'moment' | 'at'>,
): OfCampaign {
  const saidNo = saysNo(effect.commands);
  const campaign = campaignEntryOf(before, fact, { moment, saidNo });
  const state = withLastCampaign(before, effect.state, campaign, at);
  return { campaign, state: saidNo ? { ...state, lastOptOutAt: laterOf(state.lastOptOutAt, moment) } : state };
}
