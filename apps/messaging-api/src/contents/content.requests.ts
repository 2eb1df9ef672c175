import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ACTION_TYPES, MEDIA_TYPES, type CardAction, type Choice, type MediaType } from '@heliograph/contracts';

/* What contents look like on the API page. They are read, strictly, by readContent. */

export class MediaRequest {
  @ApiProperty({ example: 'https://files.example.com/invoice.pdf', description: 'Where the provider fetches it.' })
  url: string;

  @ApiPropertyOptional({ example: 'application/pdf', description: 'Needed where neither fileName nor url tells it.' })
  mimeType?: string;

  @ApiPropertyOptional({ example: 48123, description: 'Checked against the limit of the channel.' })
  sizeBytes?: number;

  @ApiPropertyOptional({ example: 'invoice.pdf', maxLength: 255 })
  fileName?: string;

  @ApiPropertyOptional({ example: 'Your invoice', maxLength: 1024, description: 'Not of audio.' })
  caption?: string;
}

export class AttachmentRequest extends MediaRequest {
  @ApiProperty({ enum: MEDIA_TYPES, example: 'file' })
  type: MediaType;
}

export class QuickReplyRequest {
  @ApiProperty({ example: 'How can we help you today?', maxLength: 1024 })
  title: string;

  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: 20,
    items: {
      type: 'object',
      required: ['label', 'value'],
      properties: {
        label: { type: 'string', example: 'Billing', description: 'What the customer sees.' },
        value: { type: 'string', example: 'billing_inquiry', description: 'What comes back.' },
      },
    },
  })
  choices: Choice[];
}

export class CardRequest {
  @ApiProperty({ example: 'New Product Launch', maxLength: 1024 })
  title: string;

  @ApiPropertyOptional({ example: 'Check out our latest features.', maxLength: 1024 })
  subtitle?: string;

  @ApiPropertyOptional({ example: 'https://files.example.com/product.jpg' })
  imageUrl?: string;

  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: 20,
    description: 'postback comes back with its payload, web_url opens a page.',
    items: {
      type: 'object',
      required: ['type', 'title'],
      properties: {
        type: { type: 'string', enum: [...ACTION_TYPES] },
        title: { type: 'string', example: 'Learn More' },
        payload: { type: 'string', example: 'learn_more_product_123' },
        url: { type: 'string', example: 'https://example.com/products/123' },
      },
    },
  })
  actions: CardAction[];
}

export class LocationRequest {
  @ApiProperty({ example: 52.516, minimum: -90, maximum: 90 })
  latitude: number;

  @ApiProperty({ example: 13.378, minimum: -180, maximum: 180 })
  longitude: number;

  @ApiPropertyOptional({ example: 'Our shop', maxLength: 1024 })
  label?: string;
}

export class CannedRequest {
  @ApiProperty({ example: 'greeting', description: 'Name of a canned response of your tenant.' })
  name: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { customer: 'Jana', agent: 'Kim' },
    description: 'A value for each of its variables, and for nothing else.',
  })
  variables?: Record<string, string>;
}
