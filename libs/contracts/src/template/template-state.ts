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
  Min,
  ValidateNested,
} from 'class-validator';
import { TEMPLATE_CHANNELS, type TemplateChannel } from './template-definition.ts';

/** Of guide 001 (section 2), of Meta (PAUSED, DISABLED), of guide 002 (PUBLISHED, DRAFT), and one that the provider no longer lists. */
export const TEMPLATE_STATUSES = [
  'PENDING',
  'IN_REVIEW',
  'APPROVED',
  'REJECTED',
  'PAUSED',
  'DISABLED',
  'DELETED',
  'PUBLISHED',
  'DRAFT',
] as const;
export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];

/** Only these may be sent: APPROVED on WhatsApp (guide 001), PUBLISHED elsewhere (guide 002, edge case 3). */
export const isSendable = (status: TemplateStatus): boolean => status === 'APPROVED' || status === 'PUBLISHED';

/** One change of a template's status, and what told of it. */
export class TemplateStep {
  @IsIn(TEMPLATE_STATUSES) status: TemplateStatus;
  /** The provider's moment where a webhook told of it, else that of the reading. */
  @IsISO8601() at: string;
  @IsIn(['webhook', 'reading', 'submission']) source: 'webhook' | 'reading' | 'submission';
  @IsOptional() @IsString() reason?: string;
}

/** What the provider says of one template in one language. Key: {@link templateKey}. */
export class TemplateState {
  @IsString() @IsNotEmpty() tenant: string;
  @IsString() @IsNotEmpty() account: string;
  /** At the provider. */
  @IsString() @IsNotEmpty() name: string;
  @IsString() @IsNotEmpty() language: string;
  @IsIn(TEMPLATE_STATUSES) status: TemplateStatus;
  @IsOptional() @IsString() rejectionReason?: string;
  @IsOptional() @IsString() category?: string;
  @IsString() @IsNotEmpty() providerTemplateId: string;
  /** How many values the body wants. */
  @IsInt() @Min(0) parameterCount: number;
  @IsISO8601() checkedAt: string;
  /** The provider's id of what it belongs to (guide 001, section 1: a WhatsApp provider), where it is looked up by both. */
  @IsOptional() @IsString() @IsNotEmpty() provider?: string;
  /** `whatsapp` when absent. */
  @IsOptional() @IsIn(TEMPLATE_CHANNELS) channel?: TemplateChannel;
  /** How many values the header wants; 0 when absent. */
  @IsOptional() @IsInt() @Min(0) headerParameterCount?: number;
  /** The provider's word for how well customers take it: GREEN, YELLOW, RED, UNKNOWN. */
  @IsOptional() @IsString() @IsNotEmpty() quality?: string;
  /** Of the template files, where one of them is this template. */
  @IsOptional() @IsString() @IsNotEmpty() definition?: string;
  @IsOptional() @IsInt() @Min(1) version?: number;
  /** The last changes of status, oldest first. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TemplateStep)
  history?: TemplateStep[];
}

/** Record key of everything about one template in one language: JSON list of tenant, account, name at the provider, language. */
export const templateKey = (of: Pick<TemplateState, 'tenant' | 'account' | 'name' | 'language'>): string =>
  JSON.stringify([of.tenant, of.account, of.name, of.language]);
