import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { CHANNELS, type Channel } from '../channels.ts';
import { ConsentEvidence } from './consent-evidence.ts';
import {
  CONSENT_CHANGES,
  CONSENT_PURPOSES,
  CONSENT_SOURCES,
  type ConsentChangeKind,
  type ConsentPurpose,
  type ConsentSource,
} from './consent-words.ts';

/** Keyed hash of a contact: 43 characters of base64url (libs/consent). */
export const SUBJECT = /^[A-Za-z0-9_-]{43}$/;

/** Asks for a contact's consent to be changed. Its event id is its once-only key, and that of what follows from it. */
export class ConsentChange {
  @IsString() @IsNotEmpty() tenant: string;
  @Matches(SUBJECT) subject: string;
  /** Where it was said. */
  @IsOptional() @IsIn(CHANNELS) channel?: Channel;
  @IsIn(CONSENT_CHANGES) change: ConsentChangeKind;
  @IsIn(CONSENT_PURPOSES) purpose: ConsentPurpose;
  @IsIn(CONSENT_SOURCES) source: ConsentSource;
  @IsObject() @ValidateNested() @Type(() => ConsentEvidence) evidence: ConsentEvidence;
  /** Who changed it, where that was not the contact: the name of an API key, a user of the CRM. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(128) by?: string;
  /** Counts only for a contact who is opted out; else nothing is recorded of it. A customer may say yes to many things. */
  @IsOptional() @IsBoolean() onlyIfOut?: boolean;
  /** When it was said. The later word wins; of two at the same moment the opt-out. */
  @IsISO8601() at: string;
}
