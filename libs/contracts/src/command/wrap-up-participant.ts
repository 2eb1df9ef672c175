import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { ConversationCommand } from './conversation-command.ts';

/** Asks for an agent's part in the conversation to be wrapped up (guide 000, section 5). */
export class WrapUpParticipant extends ConversationCommand {
  @IsString() @IsNotEmpty() agentId: string;
  @IsString() @IsNotEmpty() @MaxLength(128) code: string;
}
