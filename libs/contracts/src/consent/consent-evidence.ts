import { IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';

/** What shows that it was said. Never what a message said, and never an address. */
export class ConsentEvidence {
  /** Id of the fact, event or request that told of it. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(200) id?: string;
  @IsOptional() @IsUUID() conversationId?: string;
  /** The keyword as our list has it, not as it was written. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(64) keyword?: string;
  /** The provider's code that means opted out. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(128) code?: string;
  /** Where it can be looked up: a form, a call, a record of the CRM. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(500) reference?: string;
}
