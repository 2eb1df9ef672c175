import { IsNotEmpty, IsString } from 'class-validator';
import { CommandOutcome } from './command-outcome.ts';

/** An agent of the conversation was set `accepted` at the provider. */
export class ParticipantAccepted extends CommandOutcome {
  @IsString() @IsNotEmpty() agentId: string;
}
