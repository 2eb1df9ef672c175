import { partitionKey } from '@heliograph/redis';

/** The consumer group that expands campaigns and counts what becomes of them; its fence guards the keys of a partition. */
export const CAMPAIGN_GROUP = 'campaign-runner';

/** What may be done with the messages of a campaign now; a string, one of `GateWord`. */
export const gateKey = (campaignId: string): string => `{campaign:${campaignId}}:gate`;

/** A campaign in one partition of the conversations: a hash, see `progress.ts` for the fields that are for readers. */
export const progressKey = (partition: number, campaignId: string): string =>
  partitionKey(partition, 'campaign', campaignId);

/** Its messages: a hash, by message id how each stands. */
export const messagesKey = (partition: number, campaignId: string): string =>
  partitionKey(partition, 'campaign', `${campaignId}.messages`);

/** Its messages that wait to be given again: a sorted set by the moment they may go, milliseconds. */
export const heldKey = (partition: number, campaignId: string): string =>
  partitionKey(partition, 'campaign', `${campaignId}.held`);
