import { gateKey } from '@heliograph/campaigns';
import { partitionKey } from '@heliograph/redis';

/** Where a campaign stands: a hash, see `write-campaign.lua`. @param partition of what is asked of it */
export const campaignStateKey = (partition: number, campaignId: string): string =>
  partitionKey(partition, 'campaign-state', campaignId);

/** Version of the state that has set the gate. */
export const gateVersionKey = (campaignId: string): string => `${gateKey(campaignId)}-version`;
