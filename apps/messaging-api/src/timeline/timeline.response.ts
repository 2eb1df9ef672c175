import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class TimelineEntryResponse {
  @ApiProperty({ example: 12, description: 'Place in the conversation: from 1, without gaps.' })
  sequence: number;

  @ApiProperty({ example: 1 })
  session: number;

  @ApiProperty({ example: 'message.received', description: 'What happened.' })
  kind: string;

  @ApiProperty({ format: 'uuid', description: 'Id of the fact.' })
  factId: string;

  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { providerMessageId: 'm-1', content: { type: 'text', text: 'hello' } },
    description: 'The fact itself; its fields depend on kind.',
  })
  fact: Record<string, unknown>;
}

export class TimelineResponse {
  @ApiProperty({ format: 'uuid' })
  conversationId: string;

  @ApiProperty({ type: [TimelineEntryResponse], description: 'Newest first.' })
  entries: TimelineEntryResponse[];

  @ApiPropertyOptional({
    example: 8,
    description: 'Pass as `before` to get the next older page. Absent on the last page.',
  })
  next?: number;

  @ApiProperty({
    description:
      'False when the conversation has entries older than the ones this API keeps (500 per conversation, 30 days); they are on the topic conversation.timeline.v1.',
  })
  complete: boolean;
}
