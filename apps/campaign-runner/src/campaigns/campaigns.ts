import type { CampaignState } from '@heliograph/contracts';

/** What those who expand and count ask of where campaigns stand. */
export interface Campaigns {
  /** Resolves when all that is known of them is here. */
  readonly caughtUp: Promise<void>;
  /** Their messages are to be given now. */
  running(): readonly CampaignState[];
  /** Those that are finished among them. */
  all(): readonly CampaignState[];
  of(campaignId: string): CampaignState | undefined;
}
