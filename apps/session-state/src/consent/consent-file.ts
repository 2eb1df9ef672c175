import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { CHANNELS, CONSENT_REPLIES, type Channel } from '@heliograph/contracts';
import { KEYWORD_LANGUAGES, type KeywordMeaning } from '@heliograph/consent';

/** More words of a language, known or not. */
export class KeywordsEntry {
  @IsString() @IsNotEmpty() @MaxLength(20) language: string;
  @IsIn(CONSENT_REPLIES) meaning: KeywordMeaning;
  @IsArray()
  @ArrayNotEmpty()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  words: string[];
  /** Words that people say to many things. */
  @IsOptional() @IsBoolean() onlyIfOut?: boolean;
}

/** What is answered to keywords. A text that is absent: nothing is. */
export class RepliesEntry {
  @IsString() @IsNotEmpty() @MaxLength(20) language: string;
  /** Every channel when absent. */
  @IsOptional() @IsArray() @ArrayNotEmpty() @IsIn(CHANNELS, { each: true }) channels?: Channel[];
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(765) optOut?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(765) optIn?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(765) help?: string;
}

export class TenantEntry {
  @IsString() @IsNotEmpty() tenant: string;
  /** Whose known words count, English always among them; all when absent. */
  @IsOptional() @IsArray() @IsIn(KEYWORD_LANGUAGES, { each: true }) languages?: string[];
  @IsOptional()
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => KeywordsEntry)
  keywords?: KeywordsEntry[];
  @IsOptional()
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RepliesEntry)
  replies?: RepliesEntry[];
}

/** The file that `CONSENT_FILE` names. */
export class ConsentFile {
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TenantEntry)
  tenants: TenantEntry[];
}
