import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TEMPLATE_CHANNELS, type TemplateChannel } from '@heliograph/contracts';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** Absent is fine, null is not. */
const Optional = () => ValidateIf((_, value) => value !== undefined);
const MOMENT = /^[\d-]{10}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/;
const aMoment = (field: string) => ({
  message: `${field} must be a date and time with a time zone, for example 2030-01-31T18:00:00Z`,
});

export class CampaignTemplateRequest {
  @ApiProperty({ example: 'spring_sale', description: 'Name of a template file.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(512)
  name: string;

  @ApiProperty({ example: 'en', description: 'Of recipients whose row names no other one.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(16)
  language: string;
}

export class CampaignColumnsRequest {
  @ApiProperty({ example: 'phone', description: 'Column with the phone number or e-mail address.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  address: string;

  @ApiPropertyOptional({
    example: 'crm id',
    description: 'Your own name of the contact: any characters, at most 256; never sent to anybody.',
  })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  externalId?: string;

  @ApiPropertyOptional({ example: 'lang', description: 'Language of the template, where a row has one of its own.' })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  language?: string;

  @ApiPropertyOptional({ example: 'tz', description: 'IANA time zone of the contact, for quiet hours.' })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  timeZone?: string;
}

export class FrequencyCapRequest {
  @ApiProperty({ example: 3 })
  @IsInt()
  @Min(1)
  @Max(1_000)
  messages: number;

  @ApiProperty({ example: 604_800, description: 'Up to 30 days.' })
  @IsInt()
  @Min(1)
  @Max(30 * 86_400)
  perSeconds: number;
}

export class CreateCampaignRequest {
  @ApiProperty({ example: 'Spring sale', description: 'For people.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  name: string;

  @ApiProperty({ enum: TEMPLATE_CHANNELS, example: 'sms' })
  @IsIn(TEMPLATE_CHANNELS)
  channel: TemplateChannel;

  @ApiProperty({
    example: 'alerts',
    description: 'Logical name of a sender of your tenant on that channel. All of its numbers share the work.',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(128)
  sender: string;

  @ApiProperty({ type: CampaignTemplateRequest })
  @IsObject()
  @ValidateNested()
  @Type(() => CampaignTemplateRequest)
  template: CampaignTemplateRequest;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: {
      oneOf: [
        { type: 'object', required: ['column'], properties: { column: { type: 'string' } } },
        {
          type: 'object',
          required: ['value'],
          properties: { value: { oneOf: [{ type: 'string' }, { type: 'number' }] } },
        },
      ],
    },
    example: { first_name: { column: 'name' }, code: { value: 'SPRING' } },
    description: 'Where each variable of the template has its value from: a column of the rows, or one value for all.',
  })
  @Optional()
  @IsObject()
  variables?: Record<string, unknown>;

  @ApiProperty({
    type: CampaignColumnsRequest,
    description: 'What the other columns mean. Names are those of the header, letter by letter.',
  })
  @IsObject()
  @ValidateNested()
  @Type(() => CampaignColumnsRequest)
  columns: CampaignColumnsRequest;

  @ApiPropertyOptional({
    example: 'US',
    description: 'ISO 3166 country of phone numbers that are written without a calling code.',
  })
  @Optional()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters (ISO 3166), for example US' })
  country?: string;

  @ApiPropertyOptional({ example: '2030-01-30T09:00:00Z', description: 'Not before this moment, once it is started.' })
  @Optional()
  @IsISO8601({ strict: true })
  @Matches(MOMENT, aMoment('startAt'))
  startAt?: string;

  @ApiPropertyOptional({
    example: '2030-01-31T18:00:00Z',
    description: 'Nothing is sent after this moment. At most 29 days from now; 7 days from now when it is missing.',
  })
  @Optional()
  @IsISO8601({ strict: true })
  @Matches(MOMENT, aMoment('expiresAt'))
  expiresAt?: string;

  @ApiPropertyOptional({ example: 600, description: 'Messages a minute, where that is less than what is allowed.' })
  @Optional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  perMinute?: number;

  @ApiPropertyOptional({
    type: FrequencyCapRequest,
    description: 'At most so many messages of campaigns to one contact in any such period, over all your campaigns.',
  })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => FrequencyCapRequest)
  frequencyCap?: FrequencyCapRequest;
}

export const CAMPAIGN_FIELDS = [
  'name',
  'channel',
  'sender',
  'template',
  'variables',
  'columns',
  'country',
  'startAt',
  'expiresAt',
  'perMinute',
  'frequencyCap',
] as const satisfies readonly (keyof CreateCampaignRequest)[];
