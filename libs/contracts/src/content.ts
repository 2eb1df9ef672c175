import { ArrayMaxSize, IsArray, IsIn, IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';

export const CONTENT_TYPES = ['text', 'template'] as const;

/** What a message says: free text, or an approved template with its ordered parameter values. */
export class MessageContent {
  @IsIn(CONTENT_TYPES) type: (typeof CONTENT_TYPES)[number];

  @ValidateIf((c: MessageContent) => c.type === 'text')
  @IsString()
  @IsNotEmpty()
  @MaxLength(4000)
  text?: string;

  /** Template name; stable across environments, unlike ids (guide 001, section 3). */
  @ValidateIf((c: MessageContent) => c.type === 'template')
  @IsString()
  @IsNotEmpty()
  @MaxLength(512)
  name?: string;

  @ValidateIf((c: MessageContent) => c.type === 'template')
  @IsString()
  @IsNotEmpty()
  language?: string;

  /** Values of the body placeholders, in order. */
  @ValidateIf((c: MessageContent) => c.type === 'template')
  @IsArray()
  @ArrayMaxSize(64)
  @IsString({ each: true })
  @MaxLength(1024, { each: true })
  parameters?: string[];
}

/** What a customer wrote. Types the pipeline does not model yet keep their provider name and no text. */
export class ReceivedContent {
  @IsString() @IsNotEmpty() type: string;
  @ValidateIf((c: ReceivedContent) => c.type === 'text' || c.text !== undefined)
  @IsString()
  text?: string;
}
