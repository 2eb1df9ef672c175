import { Type } from 'class-transformer';
import { IsBoolean, IsISO8601, IsNotEmpty, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { ReceivedContent } from '../content.ts';
import { Parties } from '../parties.ts';

/** A customer wrote to us. */
export class MessageReceived extends Parties {
  @IsString() @IsNotEmpty() providerMessageId: string;
  @IsOptional() @IsString() @IsNotEmpty() providerConversationId?: string;
  /** The number of the sender that the customer wrote to, canonical: it holds the window. */
  @IsOptional() @IsString() @IsNotEmpty() senderAddress?: string;
  /** When the provider says it was written; opens the 24-hour window. */
  @IsISO8601() at: string;
  /** Whether the channel knows the customer to be who they say (guide 003, authentication indicator); absent: it does not say. */
  @IsOptional() @IsBoolean() authenticated?: boolean;
  @IsObject() @ValidateNested() @Type(() => ReceivedContent) content: ReceivedContent;
}
