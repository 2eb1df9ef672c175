import { Type } from 'class-transformer';
import {
  IsIn,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  ValidateNested,
} from 'class-validator';
import { MESSAGE_CLASSES, type MessageClass } from '../channels.ts';
import { SUBJECT } from '../consent/consent-change.ts';
import {
  CONSENT_PURPOSES,
  CONSENT_SOURCES,
  type ConsentPurpose,
  type ConsentSource,
} from '../consent/consent-words.ts';
import { MessageContent } from '../content.ts';
import { Parties } from '../parties.ts';

/** The message was not sent and will not be, since the contact has said no. Final; the provider has accepted no attempt of it. */
export class MessageSuppressed extends Parties {
  @IsUUID() messageId: string;
  @IsIn(MESSAGE_CLASSES) class: MessageClass;
  /** Stable, for programs: `opted-out`. */
  @IsString() @IsNotEmpty() code: string;
  /** One sentence for people. */
  @IsString() @IsNotEmpty() reason: string;
  /** Keyed hash of the contact. */
  @Matches(SUBJECT) subject: string;
  /** What the contact said no to. */
  @IsIn(CONSENT_PURPOSES) purpose: ConsentPurpose;
  @IsISO8601() since: string;
  @IsOptional() @IsIn(CONSENT_SOURCES) source?: ConsentSource;
  /** The consent event that forbade it. */
  @IsOptional() @IsUUID() consentEventId?: string;
  /** Id of the last attempt in the send ledger; absent when none was begun. */
  @IsOptional() @IsString() attempt?: string;
  @IsISO8601() at: string;
  /** Message id of the one that this was to be sent in place of, on another channel. */
  @IsOptional() @IsUUID() divertedFrom?: string;
  /** Of a campaign's message. */
  @IsOptional() @IsUUID() campaignId?: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => MessageContent) content?: MessageContent;
}
