import { Type } from 'class-transformer';
import {
  IsBoolean,
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

/** The provider took the message. */
export class MessageSent extends Parties {
  @IsUUID() messageId: string;
  @IsString() @IsNotEmpty() providerMessageId: string;
  @IsOptional() @IsString() @IsNotEmpty() providerConversationId?: string;
  /** Id of the last attempt in the send ledger; absent when none was begun. */
  @IsOptional() @IsString() attempt?: string;
  /** True when an earlier attempt had begun and its outcome was never known: the customer may have got it twice. */
  @IsBoolean() possiblyRepeated: boolean;
  @IsISO8601() at: string;
  @IsObject() @ValidateNested() @Type(() => MessageContent) content: MessageContent;
}
