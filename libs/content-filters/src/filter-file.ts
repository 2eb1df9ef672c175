import 'reflect-metadata';
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
  MaxLength,
  ValidateNested,
} from 'class-validator';

/** block: the message is not sent. mask: what was found is sent as asterisks. flag: it is sent, and the fact says so. */
export const FILTER_ACTIONS = ['block', 'mask', 'flag'] as const;
export type FilterAction = (typeof FILTER_ACTIONS)[number];

/** As of accounts and tenants: names go into facts, metrics and answers. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const NAME_RULE = { message: 'must be 1 to 63 letters, digits, dots, dashes or underscores' };

export class FilterEntry {
  @Matches(NAME, NAME_RULE) tenant: string;
  @Matches(NAME, NAME_RULE) name: string;
  @IsIn(FILTER_ACTIONS) action: FilterAction;
  /** Words and phrases, found whole, in any case, with any accents. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  @MaxLength(200, { each: true })
  words?: string[];
  /** Regular expressions in RE2's syntax. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  @MaxLength(1000, { each: true })
  patterns?: string[];
}

/** The file of content filters. */
export class FiltersFile {
  @IsArray() @IsObject({ each: true }) @ValidateNested({ each: true }) @Type(() => FilterEntry) filters: FilterEntry[];
}
