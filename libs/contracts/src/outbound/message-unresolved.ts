import { Type } from 'class-transformer';
import { IsIn, IsISO8601, IsNotEmpty, IsObject, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { MessageContent } from '../content.ts';
import { Parties } from '../parties.ts';
import { RESOLUTIONS, type Resolution } from './resolution.ts';

/** Whether the message reached the provider is unknown and it is not tried again (promise 4): visible, never silent. */
export class MessageUnresolved extends Parties {
  @IsUUID() messageId: string;
  @IsString() @IsNotEmpty() reason: string;
  /** Id of the last attempt in the send ledger; absent when none was begun. */
  @IsOptional() @IsString() attempt?: string;
  /** Absent when no attempt's outcome was unknown. */
  @IsOptional() @IsIn(RESOLUTIONS) resolvedBy?: Resolution;
  @IsISO8601() at: string;
  /** When the command was accepted; absent in records from before contacts could be erased. */
  @IsOptional() @IsISO8601() acceptedAt?: string;
  /** Message id of the one that this was to be sent in place of, on another channel. */
  @IsOptional() @IsUUID() divertedFrom?: string;
  /** Of a campaign's message. */
  @IsOptional() @IsUUID() campaignId?: string;
  @IsObject() @ValidateNested() @Type(() => MessageContent) content: MessageContent;
}
