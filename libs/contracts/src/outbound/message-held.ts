import { Type } from 'class-transformer';
import { IsISO8601, IsNotEmpty, IsObject, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { SendMessage } from '../command/send-message.ts';
import { Parties } from '../parties.ts';

/**
 * The 24-hour window is closed, and the message waits until the customer writes again. It has left the order of its
 * conversation; session-state gives the command again when the customer has written, or when it expires.
 */
export class MessageHeld extends Parties {
  @IsUUID() messageId: string;
  /** The command as it is to be given again. */
  @IsObject() @ValidateNested() @Type(() => SendMessage) command: SendMessage;
  /** It fails as expired then. */
  @IsISO8601() until: string;
  /** The provider's id of the template that asked the customer to write. */
  @IsOptional() @IsString() @IsNotEmpty() askedBy?: string;
  @IsISO8601() at: string;
}
