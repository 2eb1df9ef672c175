import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { CampaignDefinition } from './campaign-definition.ts';
import { CampaignProgress } from './campaign-progress.ts';
import { UploadCounts } from './campaign-upload.ts';
import { CAMPAIGN_ENDS, CAMPAIGN_STATES, type CampaignEnd, type CampaignStateWord } from './campaign-words.ts';

/** Why a campaign does not run. */
export class CampaignReason {
  /** Stable, for programs: `template-not-approved`, `account-unhealthy`, … */
  @IsString() @IsNotEmpty() code: string;
  /** One sentence for people. */
  @IsString() @IsNotEmpty() @MaxLength(1_000) reason: string;
}

export class CampaignStep {
  @IsIn(CAMPAIGN_STATES) state: CampaignStateWord;
  @IsISO8601() at: string;
  /** Name of the API key that asked for it; absent when it came by itself. */
  @IsOptional() @IsString() @IsNotEmpty() by?: string;
  @IsOptional() @IsString() @IsNotEmpty() code?: string;
}

/** Where a campaign stands. Key: `campaignKey`. */
export class CampaignState {
  @IsUUID() campaignId: string;
  @IsString() @IsNotEmpty() tenant: string;
  @IsObject() @ValidateNested() @Type(() => CampaignDefinition) definition: CampaignDefinition;
  @IsIn(CAMPAIGN_STATES) state: CampaignStateWord;
  @IsISO8601() since: string;
  /** Of a halted one, and of one in `checking` that waits for something. */
  @IsArray()
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CampaignReason)
  reasons: CampaignReason[];
  /** Of a finished one. */
  @IsOptional() @IsIn(CAMPAIGN_ENDS) end?: CampaignEnd;
  /** Somebody cancelled it, or its time is over; it is finished when what was under way has ended. */
  @IsOptional() @IsIn(CAMPAIGN_ENDS) ending?: CampaignEnd;
  /** Counts up with every change, from 1. */
  @IsInt() @Min(1) version: number;
  /** The last changes of state, oldest first. */
  @IsArray()
  @ArrayMaxSize(50)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CampaignStep)
  history: CampaignStep[];
  /** Of all uploads together. */
  @IsObject() @ValidateNested() @Type(() => UploadCounts) uploads: UploadCounts;
  /** Of a finished one: how its recipients had ended by then. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => CampaignProgress) progress?: CampaignProgress;
  /** Highest offset folded of what was asked for. */
  @Matches(/^-?\d+$/) applied: string;
  /** Ids of the last orders and uploads folded: the same one written twice changes nothing. */
  @IsArray() @ArrayMaxSize(64) @IsString({ each: true }) recent: string[];
  @IsISO8601() at: string;
}
