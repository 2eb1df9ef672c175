import { CHANNELS, MESSAGE_CLASSES, type Channel, type MessageClass } from '@heliograph/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import { DAYS, type Day, type HoursOfDays } from './weekly-hours.ts';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const END = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

export class AllowedHours implements HoursOfDays {
  @IsOptional() @IsArray() @ArrayNotEmpty() @IsIn(DAYS, { each: true }) days?: Day[];
  @Matches(TIME, { message: 'must be a time like 08:00' }) from: string;
  @Matches(END, { message: 'must be a time like 20:00, at most 24:00' }) to: string;
}

/** When messages may be sent. The first rule that is about a message counts; one that none is about is sent at any time. */
export class HoursRule {
  /** Every class when absent. */
  @IsOptional() @IsArray() @ArrayNotEmpty() @IsIn(MESSAGE_CLASSES, { each: true }) classes?: MessageClass[];
  /** Every channel when absent. */
  @IsOptional() @IsArray() @ArrayNotEmpty() @IsIn(CHANNELS, { each: true }) channels?: Channel[];
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => AllowedHours)
  allowed: AllowedHours[];
}

export class TenantHours {
  @IsString() @IsNotEmpty() tenant: string;
  /** IANA name: of contacts of whom nothing better is known. */
  @IsString() @IsNotEmpty() timeZone: string;
  /** By ISO 3166 code: of numbers of a country; the known zones of countries that have one are left as they are when absent. */
  @IsOptional() @IsObject() countries?: Record<string, string>;
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => HoursRule)
  rules: HoursRule[];
}

/** The file that `QUIET_HOURS_FILE` names. */
export class QuietHoursFile {
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TenantHours)
  tenants: TenantHours[];
}
