import { Type } from 'class-transformer';
import { IsIn, IsISO8601, IsNotEmpty, IsObject, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { SendMessage } from '../command/send-message.ts';
import { Parties } from '../parties.ts';

/** What a held message waits for: the customer, the end of quiet hours, its campaign. */
export const HOLD_CAUSES = ['window-closed', 'quiet-hours', 'campaign'] as const;
export type HoldCause = (typeof HOLD_CAUSES)[number];

/**
 * The message waits, and has left the order of its conversation. One that waits for the customer session-state gives again when
 * the customer has written, one that waits for the end of quiet hours when they are over; either when it expires. A message of a
 * campaign is given again by campaign-runner alone.
 */
export class MessageHeld extends Parties {
  @IsUUID() messageId: string;
  /** The command as it is to be given again. */
  @IsObject() @ValidateNested() @Type(() => SendMessage) command: SendMessage;
  /** It fails as expired then. */
  @IsISO8601() until: string;
  /** `window-closed` when absent. */
  @IsOptional() @IsIn(HOLD_CAUSES) cause?: HoldCause;
  /** Of quiet hours: it may be sent from then on. */
  @IsOptional() @IsISO8601() resumeAt?: string;
  /** The provider's id of the template that asked the customer to write. */
  @IsOptional() @IsString() @IsNotEmpty() askedBy?: string;
  @IsISO8601() at: string;
}
