import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Min,
  ValidateNested,
} from 'class-validator';
import { ConsentChange } from './consent-change.ts';
import { ConsentPurposes } from './consent-state.ts';

/** What became of a change that was asked for: kept for ever, as evidence. Its id follows from that of the change. */
export class ConsentChanged extends ConsentChange {
  /** Number of the event among those of the contact, from 1 without gaps. */
  @IsInt() @Min(1) sequence: number;
  @IsBoolean() effective: boolean;
  /** Why it is not effective: `newer-word-known`, `says-nothing-new`. */
  @IsOptional() @IsString() @IsNotEmpty() reason?: string;
  @IsObject() @ValidateNested() @Type(() => ConsentPurposes) before: ConsentPurposes;
  @IsObject() @ValidateNested() @Type(() => ConsentPurposes) after: ConsentPurposes;
  @IsISO8601() recordedAt: string;
}
