import { IsBoolean, IsISO8601, IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { Parties } from '../parties.ts';

/** The dispatcher created a provider conversation so that a message can be sent into it. */
export class ProviderConversationOpened extends Parties {
  @IsString() @IsNotEmpty() providerConversationId: string;
  /** The number of the sender that it is with, canonical. */
  @IsOptional() @IsString() @IsNotEmpty() senderAddress?: string;
  /** True when an earlier create had begun and its outcome was never known: an empty one may be left at the provider. */
  @IsBoolean() possiblyRepeated: boolean;
  @IsISO8601() at: string;
}
