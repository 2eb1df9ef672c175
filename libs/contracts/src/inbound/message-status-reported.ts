import { IsBoolean, IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { Parties } from '../parties.ts';

export const REPORTED_STATUSES = ['sent', 'delivered', 'read', 'failed'] as const;

/** A provider's receipt for a message of ours. Receipts repeat, overtake each other and may come before the send is known. */
export class MessageStatusReported extends Parties {
  @IsString() @IsNotEmpty() providerMessageId: string;
  @IsOptional() @IsString() @IsNotEmpty() providerConversationId?: string;
  /** Our message id, where the provider's receipts carry it back. */
  @IsOptional() @IsString() @IsNotEmpty() reference?: string;
  @IsIn(REPORTED_STATUSES) status: (typeof REPORTED_STATUSES)[number];
  @IsISO8601() at: string;
  /** The provider's reason, for `failed`. */
  @IsOptional() @IsString() reason?: string;
  /** For `failed`: the provider's code means that the contact has opted out. */
  @IsOptional() @IsBoolean() optedOut?: boolean;
}
