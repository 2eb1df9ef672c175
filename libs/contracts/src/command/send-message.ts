import { Type } from 'class-transformer';
import { IsIn, IsISO8601, IsObject, IsOptional, IsUUID, ValidateNested } from 'class-validator';
import { MESSAGE_CLASSES, type MessageClass } from '../channels.ts';
import { MessageContent } from '../content.ts';
import { Parties } from '../parties.ts';

/** Asks for one message to be sent. The message id is the once-only key of the send ledger. */
export class SendMessage extends Parties {
  @IsUUID() messageId: string;
  @IsIn(MESSAGE_CLASSES) class: MessageClass;
  @IsObject() @ValidateNested() @Type(() => MessageContent) content: MessageContent;
  @IsISO8601() acceptedAt: string;
  /** Not sent after this moment. */
  @IsOptional() @IsISO8601() expiresAt?: string;
}
