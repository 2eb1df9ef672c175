import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { CHANNELS, type Channel } from '../channels.ts';

/** At most so many messages of campaigns to one contact in any period; counted over all campaigns of the tenant. */
export class FrequencyCap {
  @IsInt() @Min(1) @Max(1_000) messages: number;
  /** Up to 30 days. */
  @IsInt() @Min(1) @Max(30 * 86_400) perSeconds: number;
}

export class CampaignTemplate {
  /** In the template files. */
  @IsString() @IsNotEmpty() @MaxLength(512) name: string;
  /** Of recipients whose row names none. */
  @IsString() @IsNotEmpty() language: string;
}

/** Which columns of a row mean what. Names are compared letter by letter. */
export class CampaignColumns {
  @IsString() @IsNotEmpty() @MaxLength(256) address: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) externalId?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) language?: string;
  /** An IANA name, for quiet hours. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) timeZone?: string;
}

/** A bulk send as it was asked for. Its text is a template, whose variables have their values from the rows. */
export class CampaignDefinition {
  @IsUUID() campaignId: string;
  @IsString() @IsNotEmpty() tenant: string;
  @IsString() @IsNotEmpty() @MaxLength(256) name: string;
  @IsString() @IsNotEmpty() account: string;
  @IsIn(CHANNELS) channel: Channel;
  /** Logical name; its numbers share the work. */
  @IsString() @IsNotEmpty() sender: string;
  @IsObject() @ValidateNested() @Type(() => CampaignTemplate) template: CampaignTemplate;
  /** By variable of the template: `{column}` of the row, or `{value}`, the same for all. */
  @IsObject() variables: Record<string, { column: string } | { value: string | number | boolean }>;
  @IsObject() @ValidateNested() @Type(() => CampaignColumns) columns: CampaignColumns;
  /** ISO 3166 country of numbers that are written without a calling code. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(2) country?: string;
  /** Not before this moment, however early it is started. */
  @IsOptional() @IsISO8601() startAt?: string;
  /** Nothing of it is sent after this moment. At most 29 days after `createdAt`: recipients are kept for 30. */
  @IsISO8601() expiresAt: string;
  /** Messages a minute, below what the budgets allow. */
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000) perMinute?: number;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => FrequencyCap) frequencyCap?: FrequencyCap;
  /** Name of the API key. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(128) createdBy?: string;
  @IsISO8601() createdAt: string;
}
