import { IsIn, IsISO8601, IsNotEmpty, IsString } from 'class-validator';
import { Parties } from '../parties.ts';

export const PROVIDER_CONVERSATION_STATES = ['queued', 'active', 'closed'] as const;

/** The provider opened, routed or closed one of its conversations. */
export class ProviderConversationChanged extends Parties {
  @IsString() @IsNotEmpty() providerConversationId: string;
  @IsIn(PROVIDER_CONVERSATION_STATES) state: (typeof PROVIDER_CONVERSATION_STATES)[number];
  @IsISO8601() at: string;
}
