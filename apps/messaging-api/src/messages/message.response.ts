import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CHANNELS, CONTENT_TYPES, MESSAGE_STATUSES, type Channel, type ContentType } from '@heliograph/contracts';

const MESSAGE_ID = 'b3f0c1de-7a55-5e0b-9f64-0d3b8f6a2c11';
const CONVERSATION_ID = '0d9a2f4c-1b7e-5c3d-8e6f-5a4b3c2d1e0f';

/** `accepting`: the send was begun but not confirmed; repeat the POST with the same key to be sure. */
export const API_MESSAGE_STATUSES = ['accepting', ...MESSAGE_STATUSES] as const;
export type ApiMessageStatus = (typeof API_MESSAGE_STATUSES)[number];

export class MessagePartResponse {
  @ApiProperty({ format: 'uuid', example: MESSAGE_ID })
  messageId: string;

  @ApiProperty({ example: 1, description: 'From 1, in the order they are sent.' })
  index: number;

  @ApiProperty({ enum: CONTENT_TYPES, example: 'text' })
  type: ContentType;
}

export class AcceptedMessageResponse {
  @ApiProperty({
    format: 'uuid',
    example: MESSAGE_ID,
    description: 'Always the same for the same Idempotency-Key. Of several messages the first.',
  })
  messageId: string;

  @ApiProperty({ format: 'uuid', example: CONVERSATION_ID })
  conversationId: string;

  @ApiProperty({ enum: ['queued'] })
  status: 'queued';

  @ApiPropertyOptional({
    type: [MessagePartResponse],
    description: 'Where the request became several messages: all of them.',
  })
  parts?: MessagePartResponse[];

  @ApiPropertyOptional({
    type: [String],
    example: ['competitors'],
    description: 'Content filters that found something and let it pass. It is looked at again before it is sent.',
  })
  flagged?: readonly string[];

  @ApiPropertyOptional({
    type: [String],
    example: [
      'template "order_confirmation" (en_US) is PENDING: the message fails unless that changes before it is sent',
    ],
    description: 'What you should know although the message is taken. It is judged again in the moment it is sent.',
  })
  notices?: readonly string[];
}

export class DivertedToResponse {
  @ApiProperty({ format: 'uuid', example: MESSAGE_ID })
  messageId: string;

  @ApiProperty({ format: 'uuid', example: CONVERSATION_ID })
  conversationId: string;

  @ApiProperty({ enum: CHANNELS, example: 'sms' })
  channel: Channel;
}

export class MessageResponse {
  @ApiProperty({ format: 'uuid', example: MESSAGE_ID })
  messageId: string;

  @ApiProperty({ format: 'uuid', example: CONVERSATION_ID })
  conversationId: string;

  @ApiProperty({
    enum: API_MESSAGE_STATUSES,
    example: 'delivered',
    description:
      'Only moves forward: queued, sent, delivered, read; failed is final unless a later delivery proves otherwise. ' +
      'suppressed: not sent, since the contact has opted out. ' +
      'unresolved: whether it reached the provider is unknown. diverted: its template may not be sent, and it goes on by another ' +
      'channel as divertedTo. accepting: the answer to its POST was an error or is still to come.',
  })
  status: ApiMessageStatus;

  @ApiProperty({ format: 'date-time', description: 'Since when it has this status.' })
  at: string;

  @ApiPropertyOptional({
    example: '131051: the 24-hour window is closed',
    description: 'Why, for failed, suppressed, unresolved and diverted.',
  })
  reason?: string;

  @ApiPropertyOptional({ description: 'What the provider calls the message.' })
  providerMessageId?: string;

  @ApiPropertyOptional({ type: DivertedToResponse, description: 'Of a diverted message: what it goes on as.' })
  divertedTo?: DivertedToResponse;

  @ApiPropertyOptional({
    format: 'uuid',
    example: MESSAGE_ID,
    description: 'The message that this one is sent in place of, on another channel.',
  })
  divertedFrom?: string;
}
