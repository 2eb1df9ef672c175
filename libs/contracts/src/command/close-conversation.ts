import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { ConversationCommand } from './conversation-command.ts';

/** Asks for the present session to end: agents who have not wrapped up are, with this code, then nothing more is sent into it. */
export class CloseConversation extends ConversationCommand {
  @IsString() @IsNotEmpty() @MaxLength(128) code: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(1000) reason?: string;
}
