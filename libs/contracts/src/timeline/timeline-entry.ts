import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Min,
  ValidateNested,
} from 'class-validator';
import { Parties } from '../parties.ts';
import { MESSAGE_STATUSES, type MessageStatus } from '../session/session-snapshot.ts';

/** What an entry tells of a campaign's message. */
export class CampaignEntry {
  @IsUUID() campaignId: string;
  @IsUUID() messageId: string;
  /** Where the message stands after the entry, when the entry is about that. */
  @IsOptional() @IsIn(MESSAGE_STATUSES) status?: MessageStatus;
  /** Of a failed one. */
  @IsOptional() @IsString() @IsNotEmpty() code?: string;
  /** The customer wrote after the message had gone out. */
  @IsOptional() @IsBoolean() reply?: boolean;
  /** The customer said no with it. */
  @IsOptional() @IsBoolean() optOut?: boolean;
}

/**
 * One fact of a conversation with its place in it. `sequence` starts at 1 and has no gaps: a reader that drops what is
 * not above the last sequence it saw gets each fact exactly once, and can prove that nothing was lost or swapped.
 */
export class TimelineEntry extends Parties {
  @IsInt() @Min(1) sequence: number;
  /** Number of the session within the conversation, from 1. */
  @IsInt() @Min(1) session: number;
  /** What happened: the fact's type, for example `message.received`. */
  @IsString() @IsNotEmpty() kind: string;
  /** Id of the fact; the same in every redelivery. */
  @IsUUID() factId: string;
  /** When it happened, as far as the source knows. */
  @IsISO8601() at: string;
  /** The fact itself, without the fields above. */
  @IsObject() fact: Record<string, unknown>;
  /** Where it is about a campaign's message. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => CampaignEntry) campaign?: CampaignEntry;
}
