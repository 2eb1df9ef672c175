import { IsBoolean, IsISO8601, IsNotEmpty, IsOptional, IsString, IsUUID } from 'class-validator';
import { Parties } from '../parties.ts';

/** What every fact says that tells how a command about a conversation ended. */
export class CommandOutcome extends Parties {
  @IsUUID() commandId: string;
  /** Id of the last attempt in the send ledger; absent when none was begun. */
  @IsOptional() @IsString() attempt?: string;
  /** True when an earlier attempt had begun and its outcome was never known. */
  @IsBoolean() possiblyRepeated: boolean;
  @IsISO8601() at: string;
  @IsOptional() @IsString() @IsNotEmpty() providerConversationId?: string;
}
