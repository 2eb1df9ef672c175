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
  Min,
  ValidateNested,
} from 'class-validator';
import { CommandOutcome } from './command-outcome.ts';

export const SPEAKERS = ['customer', 'business'] as const;

/** One message of a transcript. */
export class TranscriptLine {
  @IsInt() @Min(1) sequence: number;
  @IsISO8601() at: string;
  @IsIn(SPEAKERS) by: (typeof SPEAKERS)[number];
  /** Content type, as on the timeline. */
  @IsString() @IsNotEmpty() type: string;
  @IsOptional() @IsString() text?: string;
}

/** The conversation was given to an agent or a queue, with what was said so far. */
export class ConversationHandedOff extends CommandOutcome {
  @IsIn(['agent', 'queue']) assigneeKind: 'agent' | 'queue';
  @IsString() @IsNotEmpty() assigneeId: string;
  /** Of an agent: has accepted, as far as the provider says, and is not pending. */
  @IsBoolean() accepted: boolean;
  @IsBoolean() customerAuthenticated: boolean;
  /** Of the present session, oldest first; the newest lines where there are more. */
  @IsArray()
  @ArrayMaxSize(200)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TranscriptLine)
  transcript: TranscriptLine[];
  /** Lines before those. */
  @IsInt() @Min(0) omitted: number;
  @IsOptional() @IsString() note?: string;
}
