import { IsISO8601, IsOptional, IsUUID } from 'class-validator';
import { Parties } from '../parties.ts';

/** What every command about a conversation carries; messages have their own. The command id is its once-only key. */
export class ConversationCommand extends Parties {
  @IsUUID() commandId: string;
  @IsISO8601() acceptedAt: string;
  /** Not carried out after this moment. */
  @IsOptional() @IsISO8601() expiresAt?: string;
}
