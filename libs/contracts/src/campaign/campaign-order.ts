import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { CAMPAIGN_ACTIONS, type CampaignAction } from './campaign-words.ts';

/** Asks for a campaign to start, pause, go on or end. Its event id is its once-only key. */
export class CampaignOrder {
  @IsUUID() campaignId: string;
  @IsString() @IsNotEmpty() tenant: string;
  @IsIn(CAMPAIGN_ACTIONS) action: CampaignAction;
  /** Name of the API key. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(128) by?: string;
  @IsISO8601() at: string;
}
