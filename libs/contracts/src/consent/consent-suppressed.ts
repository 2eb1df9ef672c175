import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString, IsUUID, Matches } from 'class-validator';
import { CHANNELS, MESSAGE_CLASSES, type Channel, type MessageClass } from '../channels.ts';
import { SUBJECT } from './consent-change.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from './consent-words.ts';

/** A message was not sent because of what the contact had said: the audit's half of `message.suppressed`, without an address. */
export class ConsentSuppressed {
  @IsString() @IsNotEmpty() tenant: string;
  @Matches(SUBJECT) subject: string;
  @IsUUID() messageId: string;
  @IsUUID() conversationId: string;
  @IsIn(CHANNELS) channel: Channel;
  @IsIn(MESSAGE_CLASSES) class: MessageClass;
  @IsIn(CONSENT_PURPOSES) purpose: ConsentPurpose;
  /** The consent event that forbade it. */
  @IsOptional() @IsUUID() consentEventId?: string;
  @IsISO8601() at: string;
}
