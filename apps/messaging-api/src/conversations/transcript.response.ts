import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { SPEAKERS } from '@heliograph/contracts';

export class TranscriptLineResponse {
  @ApiProperty({ example: 12, description: 'Place in the conversation, as on the timeline.' })
  sequence: number;

  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ enum: SPEAKERS })
  by: string;

  @ApiProperty({ example: 'text', description: 'Type of the content.' })
  type: string;

  @ApiPropertyOptional({ example: 'Where is my order?', description: 'Its words, where it has some.' })
  text?: string;
}

export class TranscriptResponse {
  @ApiProperty({ format: 'uuid' })
  conversationId: string;

  @ApiProperty({ example: 1 })
  session: number;

  @ApiProperty({ type: [TranscriptLineResponse], description: 'Oldest first; the newest 200 where there are more.' })
  lines: TranscriptLineResponse[];

  @ApiProperty({ example: 0, description: 'How many went before those.' })
  omitted: number;
}
