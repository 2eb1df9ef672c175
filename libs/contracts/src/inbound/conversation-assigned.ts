import { IsIn, IsISO8601, IsNotEmpty, IsString } from 'class-validator';
import { Parties } from '../parties.ts';

export const ASSIGNEE_KINDS = ['queue', 'agent', 'bot'] as const;

/** The provider gave the conversation to a queue, an agent or a bot. */
export class ConversationAssigned extends Parties {
  @IsString() @IsNotEmpty() providerConversationId: string;
  @IsIn(ASSIGNEE_KINDS) assigneeKind: (typeof ASSIGNEE_KINDS)[number];
  @IsString() @IsNotEmpty() assigneeId: string;
  @IsISO8601() at: string;
}
