import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** The content types of guide 004 ("Invalid content type"), and the templates of 000. */
export const CONTENT_TYPES = [
  'text',
  'image',
  'audio',
  'video',
  'file',
  'quick-reply',
  'card',
  'location',
  'template',
] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

export const MEDIA_TYPES = ['image', 'audio', 'video', 'file'] as const satisfies readonly ContentType[];
export type MediaType = (typeof MEDIA_TYPES)[number];
export const isMedia = (type: string): type is MediaType => (MEDIA_TYPES as readonly string[]).includes(type);

const WEB_ADDRESS = /^https?:\/\/\S{1,2040}$/;
/** A button's payload: guide 001 allows templates at most 256 characters, and nothing else is said of other messages. */
const MAX_PAYLOAD = 256;

/** One answer a customer can choose (guide 004, quick reply). */
export class Choice {
  /** What the customer sees. */
  @IsString() @IsNotEmpty() @MaxLength(256) label: string;
  /** What comes back. */
  @IsString() @IsNotEmpty() @MaxLength(MAX_PAYLOAD) value: string;
}

export const ACTION_TYPES = ['postback', 'web_url'] as const;

/** A button of a card (guide 004): `postback` comes back with its payload, `web_url` opens a page. */
export class CardAction {
  @IsIn(ACTION_TYPES) type: (typeof ACTION_TYPES)[number];
  @IsString() @IsNotEmpty() @MaxLength(256) title: string;
  @ValidateIf((a: CardAction) => a.type === 'postback')
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PAYLOAD)
  payload?: string;
  @ValidateIf((a: CardAction) => a.type === 'web_url')
  @IsString()
  @Matches(WEB_ADDRESS)
  url?: string;
}

/** A value of a template's button: what a quick reply sends back, or what stands in the address of a link. */
export class TemplateButtonValue {
  /** Place among the template's buttons, from 0. */
  @IsInt() @Min(0) @Max(9) index: number;
  @IsIn(['quick-reply', 'url']) kind: 'quick-reply' | 'url';
  @IsString() @IsNotEmpty() @MaxLength(2000) value: string;
}

const isNamed = ({ variables }: { variables?: unknown }): boolean => variables !== undefined;

/**
 * An approved template. Either by its name in the template files, with a value for each of its variables (`variables`), or by its
 * name at the provider, with the values of its body placeholders in order (`parameters`).
 */
export class TemplateChoice {
  @IsString() @IsNotEmpty() @MaxLength(512) name: string;
  @IsString() @IsNotEmpty() language: string;
  @ValidateIf((choice: TemplateChoice, value: unknown) => !isNamed(choice) || value !== undefined)
  @IsArray()
  @ArrayMaxSize(64)
  @IsString({ each: true })
  @MaxLength(1024, { each: true })
  parameters?: string[];
  /** By variable name: texts, numbers, truth values. Names and types are checked against the template's definition. */
  @IsOptional() @IsObject() variables?: Record<string, unknown>;
}

const of = (...types: ContentType[]) => ValidateIf((content: MessageContent) => types.includes(content.type));
const given =
  (...types: ContentType[]) =>
  (content: MessageContent, value: unknown): boolean =>
    types.includes(content.type) && value !== undefined;

/** What a message says. Which fields there are goes by its type; limits of a channel are not checked here. */
export class MessageContent {
  @IsIn(CONTENT_TYPES) type: ContentType;

  @of('text')
  @IsString()
  @IsNotEmpty()
  @MaxLength(4000)
  text?: string;

  /** Of a text that stands for buttons: a reply with the number of a choice means that choice. */
  @ValidateIf(given('text'))
  @IsArray()
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => Choice)
  numbered?: Choice[];

  /** Template name; stable across environments, unlike ids (guide 001, section 3). */
  @of('template')
  @IsString()
  @IsNotEmpty()
  @MaxLength(512)
  name?: string;

  @of('template')
  @IsString()
  @IsNotEmpty()
  language?: string;

  /** Values of the body placeholders, in order. */
  @ValidateIf(
    (content: MessageContent, value: unknown) =>
      content.type === 'template' && (!isNamed(content) || value !== undefined),
  )
  @IsArray()
  @ArrayMaxSize(64)
  @IsString({ each: true })
  @MaxLength(1024, { each: true })
  parameters?: string[];

  /** By variable name, where `name` is that of a template file; the dispatcher makes `parameters` of them. */
  @ValidateIf(given('template'))
  @IsObject()
  variables?: Record<string, unknown>;

  /** Of a template as it was sent: values of the header placeholders, in order. */
  @ValidateIf(given('template'))
  @IsArray()
  @ArrayMaxSize(8)
  @IsString({ each: true })
  @MaxLength(1024, { each: true })
  headerParameters?: string[];

  /** Of a template as it was sent. */
  @ValidateIf(given('template'))
  @IsArray()
  @ArrayMaxSize(10)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TemplateButtonValue)
  buttonValues?: TemplateButtonValue[];

  /** Of a template as it was sent: the provider's id of it, where the provider sends by id (guide 002, section 3). */
  @ValidateIf(given('template'))
  @IsString()
  @IsNotEmpty()
  providerTemplateId?: string;

  /** Where the provider fetches the attachment. */
  @of('image', 'audio', 'video', 'file')
  @IsString()
  @Matches(WEB_ADDRESS)
  url?: string;

  /** Media type (RFC 6838), for example `image/png`. */
  @ValidateIf(given('image', 'audio', 'video', 'file'))
  @IsString()
  @MaxLength(127)
  mimeType?: string;

  @ValidateIf(given('image', 'audio', 'video', 'file'))
  @IsInt()
  @Min(1)
  sizeBytes?: number;

  @ValidateIf(given('image', 'audio', 'video', 'file'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  fileName?: string;

  @ValidateIf(given('image', 'video', 'file'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(1024)
  caption?: string;

  @of('quick-reply', 'card')
  @IsString()
  @IsNotEmpty()
  @MaxLength(1024)
  title?: string;

  @of('quick-reply')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => Choice)
  choices?: Choice[];

  @ValidateIf(given('card'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(1024)
  subtitle?: string;

  @ValidateIf(given('card'))
  @IsString()
  @Matches(WEB_ADDRESS)
  imageUrl?: string;

  @of('card')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CardAction)
  actions?: CardAction[];

  /** Degrees, WGS 84. */
  @of('location')
  @IsNumber()
  @Min(-90)
  @Max(90)
  latitude?: number;

  @of('location')
  @IsNumber()
  @Min(-180)
  @Max(180)
  longitude?: number;

  @ValidateIf(given('location'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(1024)
  label?: string;
}

/** What a customer wrote. Types the pipeline does not model yet keep their provider name and no text. */
export class ReceivedContent {
  @IsString() @IsNotEmpty() type: string;
  @ValidateIf((c: ReceivedContent) => c.type === 'text' || c.text !== undefined)
  @IsString()
  text?: string;
  /** What the pressed button or chosen answer stands for. */
  @IsOptional() @IsString() @IsNotEmpty() payload?: string;
  /** Where an attachment lies at the provider. */
  @IsOptional() @IsString() @IsNotEmpty() url?: string;
  @IsOptional() @IsString() @IsNotEmpty() mimeType?: string;
  @IsOptional() @IsNumber() latitude?: number;
  @IsOptional() @IsNumber() longitude?: number;
}
