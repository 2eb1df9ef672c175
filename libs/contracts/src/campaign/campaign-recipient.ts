import { Type } from 'class-transformer';
import {
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MessageContent } from '../content.ts';
import { Parties } from '../parties.ts';

/** Somebody a campaign is to be sent to. */
export class CampaignRecipient extends Parties {
  @IsUUID() campaignId: string;
  /** Derived from campaign and contact: a contact is a recipient once. */
  @IsUUID() messageId: string;
  @IsUUID() uploadId: string;
  /** Line of the upload on which the row began, from 1. */
  @IsInt() @Min(1) line: number;
  /** The template with the values of the row. */
  @IsObject() @ValidateNested() @Type(() => MessageContent) content: MessageContent;
  /** The tenant's own name of the contact; any characters. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) externalId?: string;
  /** An IANA name. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(64) timeZone?: string;
  @IsISO8601() at: string;
}

/** No recipients of a campaign come after this record in its partition. Written into every partition when it is started. */
export class CampaignRecipientsClosed {
  /** No conversation: an id that leads to the partition. */
  @IsUUID() conversationId: string;
  @IsUUID() campaignId: string;
  @IsString() @IsNotEmpty() tenant: string;
  @IsInt() @Min(0) partition: number;
  @IsISO8601() at: string;
}
