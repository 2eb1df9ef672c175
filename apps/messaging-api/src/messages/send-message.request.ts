import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import {
  CHANNELS,
  FIT_POLICIES,
  MESSAGE_CLASSES,
  RoutingWish,
  WINDOW_POLICIES,
  type Channel,
  type FitPolicy,
  type MessageClass,
  type WindowPolicy,
} from '@heliograph/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsString,
  IsTimeZone,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  AttachmentRequest,
  CannedRequest,
  CardRequest,
  LocationRequest,
  MediaRequest,
  QuickReplyRequest,
} from '../contents/content.requests.ts';

/** Absent is fine, null is not. */
const Optional = () => ValidateIf((_, value) => value !== undefined);

/** An object of its own, read by readContent; documented by the class. */
function Content(type: new () => object, description: string): PropertyDecorator {
  return (target, property) => {
    for (const decorate of [ApiPropertyOptional({ type, description }), IsObject(), Optional()])
      decorate(target, property);
  };
}

/** An approved template, and the values of its variables or of its placeholders. */
export class TemplateRequest {
  @ApiProperty({
    example: 'order_update',
    description:
      'With variables: name of a template file, the same in every environment. Else its name at the provider.',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(512)
  name: string;

  @ApiProperty({ example: 'en_US', description: 'Language of the template.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(16)
  language: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    example: { customer: 'Jana', order: 'ORD-98765', delivery: '2026-11-01' },
    description:
      'A value for each variable of the template file, and for nothing else. Checked now: names, types, lengths. What cannot be ' +
      'sent (control characters, line breaks …) is taken out when it is sent. Not together with parameters.',
  })
  @Optional()
  @IsObject()
  variables?: Record<string, unknown>;

  @ApiPropertyOptional({
    example: ['12345', 'tomorrow'],
    description: 'For a template that no file knows: values of the body placeholders, in order.',
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(64)
  @IsString({ each: true })
  @MaxLength(1024, { each: true })
  parameters?: string[];
}

/** One message to one contact, or several in order. */
export class SendMessageRequest {
  @ApiProperty({ enum: CHANNELS, example: 'whatsapp' })
  @IsIn(CHANNELS)
  channel: Channel;

  @ApiProperty({ example: 'support', description: 'Logical name of a sender of your tenant on that channel.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(128)
  sender: string;

  @ApiProperty({
    example: '+15550001234',
    description:
      'The contact: a phone number with country code on WhatsApp and SMS, else what the platform calls them.',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  to: string;

  @ApiPropertyOptional({
    enum: MESSAGE_CLASSES,
    default: 'transactional',
    description: 'transactional: somebody waits for it. campaign: bulk, goes behind everything transactional.',
  })
  @Optional()
  @IsIn(MESSAGE_CLASSES)
  class?: MessageClass;

  @ApiPropertyOptional({
    example: 'Your order has been shipped.',
    description:
      'Free text. On WhatsApp only within 24 hours of the last message of the contact. Exactly one of the fields from here to ' +
      'content is given. How long it may be is up to the channel: 4,000 characters on WhatsApp and web, 2,000 on Facebook and ' +
      'Apple, 1,000 on Instagram, 765 (5 segments) as SMS.',
  })
  @Optional()
  @IsString()
  @IsNotEmpty()
  text?: string;

  @ApiPropertyOptional({ type: TemplateRequest, description: 'An approved template.' })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => TemplateRequest)
  template?: TemplateRequest;

  @Content(MediaRequest, 'A picture.') image?: MediaRequest;
  @Content(MediaRequest, 'A sound, for example a voice note.') audio?: MediaRequest;
  @Content(MediaRequest, 'A film.') video?: MediaRequest;
  @Content(MediaRequest, 'Any other file.') file?: MediaRequest;
  @Content(QuickReplyRequest, 'A question with answers to choose from.') quickReply?: QuickReplyRequest;
  @Content(CardRequest, 'A card with buttons.') card?: CardRequest;
  @Content(LocationRequest, 'A place.') location?: LocationRequest;

  @ApiPropertyOptional({
    type: 'array',
    items: { $ref: getSchemaPath(AttachmentRequest) },
    minItems: 1,
    maxItems: 10,
    description: 'Several files: each becomes a message of its own, in this order.',
  })
  @Optional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(10)
  attachments?: AttachmentRequest[];

  @Content(CannedRequest, 'A text of GET /v1/canned-responses.') canned?: CannedRequest;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { type: 'text', text: 'hello' },
    description: 'Any of the above with its type beside its fields, as timelines show it.',
  })
  @Optional()
  @IsObject()
  content?: Record<string, unknown>;

  @ApiPropertyOptional({
    enum: FIT_POLICIES,
    default: 'refuse',
    description:
      'What to do with more than the channel can carry. split: a long text becomes several messages. degrade: what the ' +
      'channel has no form for is sent as text, choices as a numbered list.',
  })
  @Optional()
  @IsIn(FIT_POLICIES)
  ifUnsupported?: FitPolicy;

  @ApiPropertyOptional({
    enum: WINDOW_POLICIES,
    default: 'refuse',
    description:
      'What to do while the 24-hour window is closed. template: send windowTemplate instead. hold: wait until the contact ' +
      'writes again (sending windowTemplate meanwhile, where one is given), at most until expiresAt, or for 24 hours.',
  })
  @Optional()
  @IsIn(WINDOW_POLICIES)
  ifWindowClosed?: WindowPolicy;

  @ApiPropertyOptional({ type: TemplateRequest, description: 'Only together with ifWindowClosed template or hold.' })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => TemplateRequest)
  windowTemplate?: TemplateRequest;

  @ApiPropertyOptional({
    type: 'object',
    properties: {
      queueId: { type: 'string' },
      priority: { type: 'integer', minimum: 0, maximum: 1000 },
      skills: {
        type: 'array',
        maxItems: 20,
        items: {
          type: 'object',
          required: ['id', 'level'],
          properties: { id: { type: 'string' }, level: { type: 'integer', minimum: 0, maximum: 1000 } },
        },
      },
      attributes: {
        type: 'object',
        additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
      },
    },
    description:
      'Where the provider queues a conversation that is opened for the message; the queue of the sender when absent.',
  })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => RoutingWish)
  routing?: RoutingWish;

  @ApiPropertyOptional({
    example: '2030-01-31T18:00:00Z',
    description: 'Not sent after this moment. ISO 8601 with a time zone.',
  })
  @Optional()
  @IsISO8601({ strict: true })
  @Matches(/^[\d-]{10}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/, {
    message: 'expiresAt must be a date and time with a time zone, for example 2030-01-31T18:00:00Z',
  })
  expiresAt?: string;

  @ApiPropertyOptional({
    example: '003/Ω "x"',
    description: 'Your own name of the contact: any characters, at most 256. Never sent to anybody.',
  })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  externalId?: string;

  @ApiPropertyOptional({ example: 'Europe/Berlin', description: 'IANA time zone of the contact, for quiet hours.' })
  @Optional()
  @IsTimeZone({ message: 'must be the name of a time zone, for example Europe/Berlin' })
  timeZone?: string;
}
