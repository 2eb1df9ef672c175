import { Type } from 'class-transformer';
import { IsArray, IsInt, IsISO8601, IsObject, IsOptional, Min, ValidateNested } from 'class-validator';
import { Parties } from '../parties.ts';
import { TimelineEntry } from '../timeline/timeline-entry.ts';

/** Record key of a session's archive. */
export const archiveKey = (conversationId: string, session: number): string => `${conversationId}/${session}`;

/** One whole session in one record, for analytics: its timeline from the opening to the closing entry. */
export class ConversationArchived extends Parties {
  @IsInt() @Min(1) session: number;
  @IsISO8601() openedAt: string;
  @IsISO8601() closedAt: string;
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TimelineEntry)
  entries: TimelineEntry[];
  /** Entries that are missing because one record cannot hold them all: the oldest. They are on the timeline. */
  @IsOptional() @IsInt() @Min(0) omitted?: number;
}
