import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CHANNELS, MESSAGE_CLASSES, type Channel, type MessageClass } from '@heliograph/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsString,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** Absent is fine, null is not. */
const Optional = () => ValidateIf((_, value) => value !== undefined);

/** An approved template and the values of its placeholders. */
export class TemplateRequest {
  @ApiProperty({ example: 'order_update', description: 'Name of the template, stable across environments.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(512)
  name: string;

  @ApiProperty({ example: 'en_US', description: 'Language of the template.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(16)
  language: string;

  @ApiPropertyOptional({ example: ['12345', 'tomorrow'], description: 'Values of the body placeholders, in order.' })
  @Optional()
  @IsArray()
  @ArrayMaxSize(64)
  @IsString({ each: true })
  @MaxLength(1024, { each: true })
  parameters?: string[];
}

/** One message to one contact. */
export class SendMessageRequest {
  @ApiProperty({ enum: CHANNELS, example: 'whatsapp' })
  @IsIn(CHANNELS)
  channel: Channel;

  @ApiProperty({ example: 'support', description: 'Logical name of a sender of your tenant on that channel.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(128)
  sender: string;

  @ApiProperty({ example: '+15550001234', description: 'Phone number of the contact, with country code.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
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
    maxLength: 4000,
    description:
      'Free text. On WhatsApp only within 24 hours of the last message of the contact. Either this or template.',
  })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(4000)
  text?: string;

  @ApiPropertyOptional({ type: TemplateRequest, description: 'Either this or text.' })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => TemplateRequest)
  template?: TemplateRequest;

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
}

/** For the API page. */
export const SEND_EXAMPLES = {
  text: {
    summary: 'Free text on WhatsApp',
    value: { channel: 'whatsapp', sender: 'support', to: '+15550001234', text: 'Your order has been shipped.' },
  },
  template: {
    summary: 'An approved template',
    value: {
      channel: 'whatsapp',
      sender: 'support',
      to: '+15550001234',
      template: { name: 'order_update', language: 'en_US', parameters: ['12345', 'tomorrow'] },
      expiresAt: '2030-01-31T18:00:00Z',
    },
  },
  sms: {
    summary: 'An SMS',
    value: { channel: 'sms', sender: 'alerts', to: '+15550001234', text: 'Your code is 1234.' },
  },
};
