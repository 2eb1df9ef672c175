import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CHANNELS, PARTICIPANT_STATES, SESSION_STAGES, SESSION_STATES, type Channel } from '@heliograph/contracts';

export class AssigneeResponse {
  @ApiProperty({ enum: ['queue', 'agent', 'bot'] })
  kind: string;

  @ApiProperty({ example: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890' })
  id: string;
}

export class ParticipantResponse {
  @ApiProperty({ example: 'agent-user-id-12345' })
  agentId: string;

  @ApiProperty({ enum: PARTICIPANT_STATES })
  state: string;

  @ApiProperty({ format: 'date-time', description: 'Since when.' })
  at: string;
}

export class ConversationResponse {
  @ApiProperty({ format: 'uuid' })
  conversationId: string;

  @ApiProperty({ enum: CHANNELS })
  channel: Channel;

  @ApiProperty({ example: 'support', description: 'Logical name of the sender.' })
  sender: string;

  @ApiProperty({ example: '15550001234', description: 'Address of the contact in its canonical form.' })
  contact: string;

  @ApiProperty({ enum: SESSION_STATES, description: 'State of the present (or last) session.' })
  state: string;

  @ApiPropertyOptional({
    enum: SESSION_STAGES,
    description: 'Where the session is in its life: who has to do something next.',
  })
  stage?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  stageSince?: string;

  @ApiProperty({ type: [ParticipantResponse], description: 'Agents of the present (or last) session.' })
  participants: ParticipantResponse[];

  @ApiProperty({ example: 0, description: 'Messages that wait until the contact writes.' })
  held: number;

  @ApiProperty({ example: 1, description: 'Number of the present (or last) session of the conversation.' })
  session: number;

  @ApiProperty({ example: 12, description: 'Sequence of the last timeline entry.' })
  sequence: number;

  @ApiPropertyOptional({
    format: 'date-time',
    description:
      'Until when free text may be sent on WhatsApp; may lie in the past. Absent without a message of the contact.',
  })
  windowOpenUntil?: string;

  @ApiPropertyOptional({ type: AssigneeResponse, description: 'Who has the conversation at the provider.' })
  assignee?: AssigneeResponse;

  @ApiPropertyOptional({ description: 'What the provider calls the conversation of the present session.' })
  providerConversationId?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  openedAt?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  closedAt?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  lastActivityAt?: string;
}
