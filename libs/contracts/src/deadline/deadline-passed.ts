import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString, IsUUID } from 'class-validator';
import { Parties } from '../parties.ts';

/** stage: the session did not leave a stage in time; hold: a held message expires, or its quiet hours are over. */
export const DEADLINES = ['stage', 'hold'] as const;

/** A moment that session-state waits for in a conversation has come. Says nothing when the state has moved on since. */
export class DeadlinePassed extends Parties {
  @IsIn(DEADLINES) deadline: (typeof DEADLINES)[number];
  /** Of a stage: which one, and since when the session is in it. */
  @IsOptional() @IsString() @IsNotEmpty() stage?: string;
  @IsOptional() @IsISO8601() since?: string;
  /** Of a hold: which message. */
  @IsOptional() @IsUUID() messageId?: string;
  @IsISO8601() at: string;
}
