import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
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
import { MessagePart } from '../command/send-message.ts';
import { MessageContent } from '../content.ts';
import { Parties } from '../parties.ts';
import { RESOLUTIONS, type Resolution } from './resolution.ts';

/** The provider took the message. */
export class MessageSent extends Parties {
  @IsUUID() messageId: string;
  @IsString() @IsNotEmpty() providerMessageId: string;
  @IsOptional() @IsString() @IsNotEmpty() providerConversationId?: string;
  /** Id of the last attempt in the send ledger; absent when none was begun. */
  @IsOptional() @IsString() attempt?: string;
  /** Absent when no attempt's outcome was unknown. */
  @IsOptional() @IsIn(RESOLUTIONS) resolvedBy?: Resolution;
  /** True when an earlier attempt had begun and its outcome was never known: the customer may have got it twice. */
  @IsBoolean() possiblyRepeated: boolean;
  @IsISO8601() at: string;
  /** What was sent is not what was asked for: a template because the window was closed, or a form that the channel can carry. */
  @IsOptional() @IsIn(['window-closed', 'degraded']) changed?: 'window-closed' | 'degraded';
  /** Names of the content filters that found something in it and let it pass. */
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) flagged?: string[];
  @IsOptional() @IsObject() @ValidateNested() @Type(() => MessagePart) part?: MessagePart;
  @IsObject() @ValidateNested() @Type(() => MessageContent) content: MessageContent;
}
