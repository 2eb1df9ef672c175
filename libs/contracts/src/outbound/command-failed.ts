import { IsNotEmpty, IsString } from 'class-validator';
import { CommandOutcome } from './command-outcome.ts';

/** A command about a conversation was not carried out and will not be. Where `possiblyRepeated`, an attempt may have been. */
export class CommandFailed extends CommandOutcome {
  /** CloudEvents type of the command. */
  @IsString() @IsNotEmpty() command: string;
  /** Stable code, for programs: `not-found`, `forbidden`, `expired`, `unresolved`, … */
  @IsString() @IsNotEmpty() code: string;
  /** One sentence for people; carries the provider's own text where there is one. */
  @IsString() @IsNotEmpty() reason: string;
}
