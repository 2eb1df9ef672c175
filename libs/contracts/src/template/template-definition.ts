import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { CHANNELS, type Channel } from '../channels.ts';

/** Channels that have templates: guide 001 (WhatsApp), guide 002 (SMS and e-mail). */
export const TEMPLATE_CHANNELS = ['whatsapp', 'sms', 'email'] as const;
export type TemplateChannel = (typeof TEMPLATE_CHANNELS)[number];

export const TEMPLATE_CATEGORIES = ['UTILITY', 'MARKETING', 'AUTHENTICATION'] as const;
export type TemplateCategory = (typeof TEMPLATE_CATEGORIES)[number];

export const VARIABLE_TYPES = ['text', 'number', 'date', 'amount', 'url'] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

/** A value that whoever sends the template gives. */
export class TemplateVariable {
  @IsString() @IsNotEmpty() @MaxLength(64) name: string;
  /** `date`: 2026-10-25; `amount`: a number and a currency, `12.50 EUR`. */
  @IsIn(VARIABLE_TYPES) type: VariableType;
  /** Most characters of a value. */
  @IsInt() @Min(1) @Max(1024) max: number;
  /** What the provider's reviewers see. */
  @IsString() @IsNotEmpty() @MaxLength(1024) sample: string;
}

/** A text with placeholders: `{{1}}`, `{{2}}` … on WhatsApp, each standing for the variable of that place; `{{name}}` elsewhere. */
export class TemplateText {
  @IsString() @IsNotEmpty() @MaxLength(4000) text: string;
  /** On WhatsApp: names of variables, that of `{{1}}` first. */
  @IsArray() @ArrayMaxSize(64) @IsString({ each: true }) variables: string[];
}

export const BUTTON_KINDS = ['reply', 'url', 'phone', 'copy-code'] as const;

export class TemplateButton {
  @IsIn(BUTTON_KINDS) kind: (typeof BUTTON_KINDS)[number];
  @IsString() @IsNotEmpty() @MaxLength(25) title: string;
  /** Of a reply: what comes back, a token without meaning to the customer (guide 001, section 4). */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) payload?: string;
  /** Of a link; may end in `{{1}}`. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(2000) url?: string;
  /** Of a link with a placeholder: the variable it stands for. */
  @IsOptional() @IsString() @IsNotEmpty() variable?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(20) phone?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(15) code?: string;
}

/** A template in one language. */
export class TemplateLanguage {
  @IsString() @IsNotEmpty() language: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => TemplateText) header?: TemplateText;
  /** Of an e-mail. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => TemplateText) subject?: TemplateText;
  @IsObject() @ValidateNested() @Type(() => TemplateText) body: TemplateText;
  @IsOptional() @IsString() @IsNotEmpty() footer?: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TemplateButton)
  buttons?: TemplateButton[];
}

/** What is sent in a template's place while it may not be sent; tried in the order of the list. */
export class TemplateFallback {
  /** Name of a template of the files; of the same tenant. */
  @IsString() @IsNotEmpty() template: string;
  /** Where it is not that of the template itself: the channel it goes by. */
  @IsOptional() @IsIn(CHANNELS) channel?: Channel;
  /** Needed with `channel`: name of the sender there. */
  @IsOptional() @IsString() @IsNotEmpty() sender?: string;
}

export const EMOJI_RULES = ['keep', 'text'] as const;

/**
 * One version of a template of the files, as it was applied for one account: the desired state. Versions of one name are sent
 * side by side until the newest is approved in the language that is wanted; `retired` ones are sent no more.
 */
export class TemplateDefinition {
  @IsString() @IsNotEmpty() tenant: string;
  @IsString() @IsNotEmpty() account: string;
  /** What commands call it: the same in every environment and version. */
  @IsString() @IsNotEmpty() @MaxLength(512) name: string;
  @IsInt() @Min(1) version: number;
  /** What the provider calls this version: `name` of version 1, `name_v<version>` of later ones. */
  @IsString() @IsNotEmpty() @MaxLength(512) providerName: string;
  @IsIn(TEMPLATE_CHANNELS) channel: TemplateChannel;
  /** On WhatsApp. */
  @IsOptional() @IsIn(TEMPLATE_CATEGORIES) category?: TemplateCategory;
  @IsArray()
  @ArrayMaxSize(64)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TemplateVariable)
  variables: TemplateVariable[];
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TemplateLanguage)
  languages: TemplateLanguage[];
  @IsArray()
  @ArrayMaxSize(5)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TemplateFallback)
  fallbacks: TemplateFallback[];
  /** What becomes of emoji in values: kept, or replaced by their names. */
  @IsIn(EMOJI_RULES) emoji: (typeof EMOJI_RULES)[number];
  @IsISO8601() appliedAt: string;
  @IsOptional() @IsBoolean() retired?: boolean;
}

/** Record key of one version: JSON list of tenant, account, name, version. */
export const definitionKey = (of: Pick<TemplateDefinition, 'tenant' | 'account' | 'name' | 'version'>): string =>
  JSON.stringify([of.tenant, of.account, of.name, of.version]);

/** What a definition says in one language; undefined where it does not have that language. */
export const languageOf = (
  { languages }: Pick<TemplateDefinition, 'languages'>,
  language: string,
): TemplateLanguage | undefined => languages.find((one) => one.language === language);
