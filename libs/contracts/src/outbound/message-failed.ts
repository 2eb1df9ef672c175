import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  ValidateNested,
} from 'class-validator';
import { MessageContent } from '../content.ts';
import { Parties } from '../parties.ts';
import { RESOLUTIONS, type Resolution } from './resolution.ts';

/** The message was not sent and will not be: refused by a rule of ours or by the provider. */
export class MessageFailed extends Parties {
  @IsUUID() messageId: string;
  /** Stable code, for programs: `window-closed`, `template-not-approved`, `expired`, `provider-refused`, … */
  @IsString() @IsNotEmpty() code: string;
  /** One sentence for people; carries the provider's own text where there is one. */
  @IsString() @IsNotEmpty() reason: string;
  /** Id of the last attempt in the send ledger; absent when none was begun. */
  @IsOptional() @IsString() attempt?: string;
  /** Absent when no attempt's outcome was unknown. */
  @IsOptional() @IsIn(RESOLUTIONS) resolvedBy?: Resolution;
  @IsBoolean() possiblyRepeated: boolean;
  @IsISO8601() at: string;
  /** When the command was accepted; absent in records from before contacts could be erased. */
  @IsOptional() @IsISO8601() acceptedAt?: string;
  /** Message id of the one that this was to be sent in place of, on another channel. */
  @IsOptional() @IsUUID() divertedFrom?: string;
  /** Of a campaign's message. */
  @IsOptional() @IsUUID() campaignId?: string;
  /** Absent when the command itself could not be read. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => MessageContent) content?: MessageContent;
}
