import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  ValidateNested,
} from 'class-validator';
import { MessagePart } from '../command/send-message.ts';
import { MessageContent } from '../content.ts';
import { Parties } from '../parties.ts';
import { RESOLUTIONS, type Resolution } from './resolution.ts';

export const HOW_CHANGED = ['window-closed', 'degraded', 'fallback'] as const;
export type HowChanged = (typeof HOW_CHANGED)[number];

/** What was done to the value of a variable (guide 001, edge case 3: "logs rejected characters for auditing"). */
export class SanitisedValue {
  @IsString() @IsNotEmpty() variable: string;
  /** `normalised`, `control-characters`, `white-space`, `unsupported-characters`, `emoji`. */
  @IsArray() @ArrayMaxSize(10) @IsString({ each: true }) changes: string[];
}

/** The provider took the message. */
export class MessageSent extends Parties {
  @IsUUID() messageId: string;
  @IsString() @IsNotEmpty() providerMessageId: string;
  @IsOptional() @IsString() @IsNotEmpty() providerConversationId?: string;
  /** Id of the last attempt in the send ledger; absent when none was begun. */
  @IsOptional() @IsString() attempt?: string;
  /** Absent when no attempt's outcome was unknown. */
  @IsOptional() @IsIn(RESOLUTIONS) resolvedBy?: Resolution;
  /** True when an earlier attempt had begun and its outcome was never known: the customer may have got it twice. */
  @IsBoolean() possiblyRepeated: boolean;
  @IsISO8601() at: string;
  /** When the command was accepted; absent in records from before contacts could be erased. */
  @IsOptional() @IsISO8601() acceptedAt?: string;
  /**
   * What was sent is not what was asked for: a template because the window was closed, a form that the channel can carry, or the
   * fallback of a template that may not be sent.
   */
  @IsOptional() @IsIn(HOW_CHANGED) changed?: HowChanged;
  /** Values of a template's variables that were made fit to be sent; which and how, not what they were. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(64)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SanitisedValue)
  sanitised?: SanitisedValue[];
  /** Names of the content filters that found something in it and let it pass. */
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) flagged?: string[];
  @IsOptional() @IsObject() @ValidateNested() @Type(() => MessagePart) part?: MessagePart;
  /** Message id of the one that this was sent in place of, on another channel. */
  @IsOptional() @IsUUID() divertedFrom?: string;
  /** Of a campaign's message. */
  @IsOptional() @IsUUID() campaignId?: string;
  /** It opened a provider conversation of its own (guide 002, section 3), which stays aside until the customer writes in it. */
  @IsOptional() @IsBoolean() agentless?: boolean;
  @IsObject() @ValidateNested() @Type(() => MessageContent) content: MessageContent;
}
