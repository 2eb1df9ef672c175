import { Type } from 'class-transformer';
import { IsISO8601, IsNotEmpty, IsObject, IsString, IsUUID, ValidateNested } from 'class-validator';
import { SendMessage } from '../command/send-message.ts';
import { Parties } from '../parties.ts';

/**
 * The message is not sent here: its template may not be sent, and the template's fallback goes by another channel. session-state
 * gives the command, which is of another conversation, under an id that is derived from this fact. Final for this message.
 */
export class MessageDiverted extends Parties {
  @IsUUID() messageId: string;
  /** Goes on as this command, with a message id of its own, derived from `messageId`. */
  @IsObject() @ValidateNested() @Type(() => SendMessage) command: SendMessage;
  /** Why the message could not be sent as it was asked for: code and sentence as in `message.failed`. */
  @IsString() @IsNotEmpty() code: string;
  @IsString() @IsNotEmpty() reason: string;
  @IsISO8601() at: string;
}
