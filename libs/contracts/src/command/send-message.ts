import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MESSAGE_CLASSES, type MessageClass } from '../channels.ts';
import { CONSENT_REPLIES, type ConsentReply } from '../consent/consent-words.ts';
import { MessageContent, TemplateChoice } from '../content.ts';
import { Parties } from '../parties.ts';

export class SkillWish {
  @IsString() @IsNotEmpty() id: string;
  @IsInt() @Min(0) @Max(1000) level: number;
}

/** Where the provider queues a conversation that is opened for the message (guide 000, section 4). */
export class RoutingWish {
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
  /** Texts, numbers and truth values. The opt-in attribute is not the caller's to set. */
  @IsOptional() @IsObject() attributes?: Record<string, unknown>;
}

/**
 * What to do with free text while the 24-hour window is closed: fail the message, send `windowTemplate` in its place, or hold
 * the message until the customer writes again (sending `windowTemplate` meanwhile, where one is given) or it expires.
 */
export const WINDOW_POLICIES = ['refuse', 'template', 'hold'] as const;
export type WindowPolicy = (typeof WINDOW_POLICIES)[number];

/** What to do with content that the channel cannot carry. `split` is done on acceptance: it makes several commands. */
export const FIT_POLICIES = ['refuse', 'split', 'degrade'] as const;
export type FitPolicy = (typeof FIT_POLICIES)[number];

/** Which of several messages one request became. */
export class MessagePart {
  /** Of the first part: the message id that the request was answered with. */
  @IsUUID() of: string;
  /** From 1. */
  @IsInt() @Min(1) index: number;
  @IsInt() @Min(2) count: number;
}

/** The campaign that a message is of. */
export class CampaignPlace {
  @IsUUID() campaignId: string;
  /** Offset of its recipient, in the partition of its conversation. */
  @Matches(/^\d+$/) row: string;
  /** The campaign's own pace, where it has one below what the budgets allow. */
  @IsOptional() @IsInt() @Min(1) perMinute?: number;
}

/** Asks for one message to be sent. The message id is the once-only key of the send ledger. */
export class SendMessage extends Parties {
  @IsUUID() messageId: string;
  @IsIn(MESSAGE_CLASSES) class: MessageClass;
  @IsObject() @ValidateNested() @Type(() => MessageContent) content: MessageContent;
  @IsISO8601() acceptedAt: string;
  /** Not sent after this moment. */
  @IsOptional() @IsISO8601() expiresAt?: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => RoutingWish) routing?: RoutingWish;
  /** `refuse` when absent. */
  @IsOptional() @IsIn(WINDOW_POLICIES) ifWindowClosed?: WindowPolicy;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => TemplateChoice) windowTemplate?: TemplateChoice;
  /** `refuse` when absent. */
  @IsOptional() @IsIn(FIT_POLICIES) ifUnsupported?: FitPolicy;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => MessagePart) part?: MessagePart;
  /** Message id of the one that this is sent in place of, on another channel. */
  @IsOptional() @IsUUID() divertedFrom?: string;
  /** The answer to a keyword: sent although the contact is opted out. Only session-state sets it. */
  @IsOptional() @IsIn(CONSENT_REPLIES) consentReply?: ConsentReply;
  /** Of a campaign's message. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => CampaignPlace) campaign?: CampaignPlace;
  /** The tenant's own name of the contact; any characters. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) externalId?: string;
  /** Of the contact, an IANA name: for quiet hours. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(64) timeZone?: string;
}
