import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsNotEmpty, IsObject, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const NAME_RULE = { message: 'must be 1 to 63 letters, digits, dots, dashes or underscores' };

export class CannedEntry {
  @Matches(NAME, NAME_RULE) tenant: string;
  @Matches(NAME, NAME_RULE) name: string;
  /** With variables as `{{name}}`. */
  @IsString() @IsNotEmpty() @MaxLength(4000) text: string;
}

/** The file of canned responses. */
export class CannedFile {
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CannedEntry)
  responses: CannedEntry[];
}
