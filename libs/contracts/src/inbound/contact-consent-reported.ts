import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../consent/consent-words.ts';
import { Parties } from '../parties.ts';

/** The provider tells that the contact has said no to our messages, or yes again (guide 002, edge case 1). */
export class ContactConsentReported extends Parties {
  @IsIn(['opt-out', 'opt-in']) change: 'opt-out' | 'opt-in';
  @IsIn(CONSENT_PURPOSES) purpose: ConsentPurpose;
  /** An event of the provider's own keyword handling, or a preference that the contact has set at the platform. */
  @IsIn(['provider-event', 'preference']) source: 'provider-event' | 'preference';
  /** The provider's word for it. */
  @IsOptional() @IsString() @IsNotEmpty() code?: string;
  @IsOptional() @IsString() @IsNotEmpty() providerConversationId?: string;
  @IsISO8601() at: string;
}
