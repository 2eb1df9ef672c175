import { IsISO8601, IsNotEmpty, IsString } from 'class-validator';
import { Parties } from '../parties.ts';

/** Which of our conversations a provider conversation belongs to. Kept for good. */
export class ConversationMapped extends Parties {
  @IsString() @IsNotEmpty() providerConversationId: string;
  @IsISO8601() at: string;
}

/** Record key of a mapping. */
export const mappingKey = (tenant: string, account: string, providerConversationId: string): string =>
  `${tenant}/${account}/${providerConversationId}`;
