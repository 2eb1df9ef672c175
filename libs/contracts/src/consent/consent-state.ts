import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';
import { CHANNELS, type Channel } from '../channels.ts';
import { SUBJECT } from './consent-change.ts';
import { ConsentEvidence } from './consent-evidence.ts';
import {
  CONSENT_CHANGES,
  CONSENT_PURPOSES,
  CONSENT_SOURCES,
  CONSENT_STATES,
  type ConsentChangeKind,
  type ConsentPurpose,
  type ConsentSource,
  type ConsentStateWord,
} from './consent-words.ts';

/** Where a contact stands about one purpose, and by whose word. */
export class PurposeConsent {
  @IsIn(CONSENT_STATES) state: ConsentStateWord;
  /** Absent, like the fields below, when nobody has ever said anything. */
  @IsOptional() @IsISO8601() at?: string;
  @IsOptional() @IsIn(CONSENT_SOURCES) source?: ConsentSource;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => ConsentEvidence) evidence?: ConsentEvidence;
  /** The consent event that made it so. */
  @IsOptional() @IsUUID() eventId?: string;
}

export class ConsentPurposes {
  @IsObject() @ValidateNested() @Type(() => PurposeConsent) all: PurposeConsent;
  @IsObject() @ValidateNested() @Type(() => PurposeConsent) marketing: PurposeConsent;
}

/** One consent event in short. */
export class ConsentStep {
  @IsUUID() eventId: string;
  @IsIn(CONSENT_CHANGES) change: ConsentChangeKind;
  @IsIn(CONSENT_PURPOSES) purpose: ConsentPurpose;
  @IsIn(CONSENT_SOURCES) source: ConsentSource;
  @IsOptional() @IsIn(CHANNELS) channel?: Channel;
  @IsObject() @ValidateNested() @Type(() => ConsentEvidence) evidence: ConsentEvidence;
  @IsOptional() @IsString() @IsNotEmpty() by?: string;
  @IsISO8601() at: string;
  /** Whether it changed where the contact stands. */
  @IsBoolean() effective: boolean;
}

/** Where one contact stands: the fold of the consent events up to `sequence`. */
export class ConsentState {
  @IsString() @IsNotEmpty() tenant: string;
  @Matches(SUBJECT) subject: string;
  @IsObject() @ValidateNested() @Type(() => ConsentPurposes) purposes: ConsentPurposes;
  /** Number of the last consent event, from 1 without gaps. */
  @IsInt() @Min(1) sequence: number;
  /** The last changes, oldest first. The whole history is on the topic of consent events. */
  @IsArray()
  @ArrayMaxSize(50)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ConsentStep)
  history: ConsentStep[];
  /** Highest offset folded of the commands. */
  @Matches(/^\d+$/) applied: string;
  /** Ids of the last commands folded: the same one written twice changes nothing. */
  @IsArray() @ArrayMaxSize(32) @IsString({ each: true }) recent: string[];
}
