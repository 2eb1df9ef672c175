import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Min,
  ValidateNested,
} from 'class-validator';
import { MessageContent } from '../content.ts';
import { Parties } from '../parties.ts';

/** The provider took the message. */
export class MessageSent extends Parties {
  @IsUUID() messageId: string;
  @IsString() @IsNotEmpty() providerMessageId: string;
  @IsOptional() @IsString() @IsNotEmpty() providerConversationId?: string;
  @IsInt() @Min(1) attempt: number;
  /** True when an earlier attempt had begun and its outcome was never known: the customer may have got it twice. */
  @IsBoolean() possiblyRepeated: boolean;
  @IsISO8601() at: string;
  @ValidateNested() @Type(() => MessageContent) content: MessageContent;
}
