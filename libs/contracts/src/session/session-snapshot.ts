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
  IsUUID,
  Min,
  ValidateNested,
} from 'class-validator';
import { CHANNELS, type Channel } from '../channels.ts';
import { SendMessage } from '../command/send-message.ts';
import { Choice } from '../content.ts';
import { Parties } from '../parties.ts';

export const SESSION_STATES = ['open', 'closed'] as const;

/** Where a session is in its life (guide 000, section 5): who has to do something next. */
export const SESSION_STAGES = ['opened', 'queued', 'alerting', 'with-agent', 'wrap-up', 'closed'] as const;
export type SessionStage = (typeof SESSION_STAGES)[number];

export const MESSAGE_STATUSES = [
  'queued',
  'sent',
  'delivered',
  'read',
  'failed',
  'suppressed',
  'unresolved',
  'diverted',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** The message that another one goes on as, in another conversation. */
export class DivertedTo {
  @IsUUID() messageId: string;
  @IsUUID() conversationId: string;
  @IsIn(CHANNELS) channel: Channel;
}

/** Where one outbound message stands. Kept for 7 days in the folded state. */
export class MessageProgress {
  @IsString() @IsNotEmpty() messageId: string;
  @IsOptional() @IsString() providerMessageId?: string;
  @IsIn(MESSAGE_STATUSES) status: MessageStatus;
  @IsISO8601() at: string;
  @IsOptional() @IsString() reason?: string;
  /** Of a diverted one. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => DivertedTo) divertedTo?: DivertedTo;
  /** Message id of the one that it was sent in place of, on another channel. */
  @IsOptional() @IsUUID() divertedFrom?: string;
  /** Of a campaign's message. */
  @IsOptional() @IsUUID() campaignId?: string;
}

/** The last message of a campaign that went out: what the customer writes afterwards is a reply to it. */
export class LastCampaignMessage {
  @IsUUID() campaignId: string;
  @IsUUID() messageId: string;
  @IsISO8601() at: string;
}

/** A receipt that came before its send was known; applied when the send appears, dropped after 7 days. */
export class EarlyReceipt {
  @IsString() @IsNotEmpty() providerMessageId: string;
  /** Our message id, where the provider's receipts carry it back. */
  @IsOptional() @IsString() reference?: string;
  @IsIn(MESSAGE_STATUSES) status: MessageStatus;
  @IsISO8601() at: string;
  @IsOptional() @IsString() reason?: string;
}

export const PARTICIPANT_STATES = ['pending', 'accepted', 'wrapped-up'] as const;

/** An agent's part in the present session. */
export class SessionParticipant {
  @IsString() @IsNotEmpty() agentId: string;
  @IsIn(PARTICIPANT_STATES) state: (typeof PARTICIPANT_STATES)[number];
  @IsISO8601() at: string;
}

/** A message that waits until the customer writes, or until it expires. */
export class HeldMessage {
  @IsObject() @ValidateNested() @Type(() => SendMessage) command: SendMessage;
  @IsISO8601() until: string;
  /** Of one that waits for the end of quiet hours, not for the customer. */
  @IsOptional() @IsISO8601() resumeAt?: string;
}

/** What the customer last said by keyword in this conversation, and when which answer was given. */
export class KeywordsSaid {
  @IsOptional() @IsIn(['opt-out', 'opt-in']) last?: 'opt-out' | 'opt-in';
  @IsOptional() @IsISO8601() optOutAnsweredAt?: string;
  @IsOptional() @IsISO8601() optInAnsweredAt?: string;
  @IsOptional() @IsISO8601() helpAnsweredAt?: string;
}

/** The choices that the last numbered text offered: a reply with a number means one of them. */
export class OfferedChoices {
  @IsString() @IsNotEmpty() messageId: string;
  @IsArray()
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => Choice)
  choices: Choice[];
  @IsISO8601() at: string;
}

/** The folded state of a conversation: what session-state knows after the entry numbered `sequence`. */
export class SessionSnapshot extends Parties {
  /** Number of the last timeline entry. */
  @IsInt() @Min(0) sequence: number;
  /** Number of the present (or last) session. */
  @IsInt() @Min(0) session: number;
  /** Number of the session's first timeline entry; absent in snapshots from before sessions were archived. */
  @IsOptional() @IsInt() @Min(1) firstSequence?: number;
  @IsIn(SESSION_STATES) state: (typeof SESSION_STATES)[number];
  /** Absent in snapshots from before stages were kept. */
  @IsOptional() @IsIn(SESSION_STAGES) stage?: SessionStage;
  @IsOptional() @IsISO8601() stageSince?: string;
  /** Moment at which the stage was last found stuck; absent when it was not. */
  @IsOptional() @IsISO8601() stuckSince?: string;
  /** How often something was tried to get it out of there. */
  @IsOptional() @IsInt() @Min(0) stuckTries?: number;
  @IsOptional() @IsISO8601() openedAt?: string;
  @IsOptional() @IsISO8601() closedAt?: string;
  @IsOptional() @IsString() providerConversationId?: string;
  /** The provider conversation that closed last: never to be sent into again. */
  @IsOptional() @IsString() closedProviderConversationId?: string;
  @IsOptional() @IsString() assigneeKind?: string;
  @IsOptional() @IsString() assigneeId?: string;
  /** Who handled the conversation last, also in an earlier session. */
  @IsOptional() @IsString() lastAgentId?: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SessionParticipant)
  participants?: SessionParticipant[];
  /** What the channel said last of who the customer is. */
  @IsOptional() @IsBoolean() customerAuthenticated?: boolean;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => HeldMessage)
  held?: HeldMessage[];
  @IsOptional() @IsObject() @ValidateNested() @Type(() => OfferedChoices) offered?: OfferedChoices;
  /** Absent when the customer never wrote a keyword. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => KeywordsSaid) keywords?: KeywordsSaid;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => LastCampaignMessage) lastCampaign?: LastCampaignMessage;
  /** When the customer last said no, by keyword or by an event of the provider. */
  @IsOptional() @IsISO8601() lastOptOutAt?: string;
  /** The customer's last message: the 24-hour window counts from here. */
  @IsOptional() @IsISO8601() lastCustomerMessageAt?: string;
  /** The number of the sender that the customer last wrote to, canonical: it holds the window. */
  @IsOptional() @IsString() senderAddress?: string;
  /** Moment of the last fact, for grouping messages into sessions. */
  @IsOptional() @IsISO8601() lastActivityAt?: string;
  /** The contact was erased: when that was asked for, and the number of the last entry that it took away. Kept for good. */
  @IsOptional() @IsISO8601() erasedAt?: string;
  @IsOptional() @IsInt() @Min(0) erasedThrough?: number;
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => MessageProgress)
  messages: MessageProgress[];
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => EarlyReceipt)
  earlyReceipts: EarlyReceipt[];
  /** Highest offset folded, per input topic: a redelivery below it changes nothing. */
  @IsObject() applied: Record<string, string>;
  /** Short hashes of the last fact ids folded: a fact published twice by the router changes nothing either. */
  @IsArray() @ArrayMaxSize(128) @IsString({ each: true }) recentFacts: string[];
}
