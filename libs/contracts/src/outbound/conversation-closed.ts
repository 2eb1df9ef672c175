import { IsArray, IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { CommandOutcome } from './command-outcome.ts';

/** The session was ended by command: nothing is sent into its provider conversation any more. */
export class ConversationClosed extends CommandOutcome {
  /** Agents who were wrapped up for it. */
  @IsArray() @IsString({ each: true }) wrappedUp: string[];
  @IsString() @IsNotEmpty() code: string;
  @IsOptional() @IsString() reason?: string;
}
