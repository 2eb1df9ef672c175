import { IsNotEmpty, IsString } from 'class-validator';
import { CommandOutcome } from './command-outcome.ts';

/** An agent's part in the conversation was wrapped up at the provider. */
export class ParticipantWrappedUp extends CommandOutcome {
  @IsString() @IsNotEmpty() agentId: string;
  @IsString() @IsNotEmpty() code: string;
}
