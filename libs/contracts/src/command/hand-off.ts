import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { ConversationCommand } from './conversation-command.ts';
import { SkillWish } from './send-message.ts';

/** `last-agent`: who handled the conversation last (guide 003, "Key behaviors"); the queue where nobody did. */
export const HAND_OFF_TARGETS = ['agent', 'queue', 'last-agent'] as const;

/** Asks for the conversation to be given to a person (guide 000, section 5), or to a queue that finds one. */
export class HandOff extends ConversationCommand {
  @IsIn(HAND_OFF_TARGETS) to: (typeof HAND_OFF_TARGETS)[number];
  /** User id of the agent. */
  @ValidateIf((c: HandOff) => c.to === 'agent' || c.agentId !== undefined)
  @IsString()
  @IsNotEmpty()
  agentId?: string;
  /** The sender's queue when absent. */
  @IsOptional() @IsString() @IsNotEmpty() queueId?: string;
  @IsOptional() @IsInt() @Min(0) @Max(1000) priority?: number;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SkillWish)
  skills?: SkillWish[];
  /** Of an agent: added as `accepted` (the guide's way), or left `pending` until a `participant.accept` comes. */
  @IsBoolean() accepted: boolean;
  /** Whether the customer is known to be who they say (guide 003, authentication indicator). What the channel said when absent. */
  @IsOptional() @IsBoolean() customerAuthenticated?: boolean;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(1000) note?: string;
}
