import { IsNotEmpty, IsString } from 'class-validator';
import { ConversationCommand } from './conversation-command.ts';

/** Asks for an agent of the conversation to be set `accepted` (guide 000, section 5, the trap). */
export class AcceptParticipant extends ConversationCommand {
  @IsString() @IsNotEmpty() agentId: string;
}
