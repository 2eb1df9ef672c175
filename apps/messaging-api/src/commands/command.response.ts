import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const COMMAND_ID = '7d5b3c1e-9f64-5e0b-8a55-0d3b8f6a2c11';
const CONVERSATION_ID = '0d9a2f4c-1b7e-5c3d-8e6f-5a4b3c2d1e0f';

/** `unknown`: so much has happened in the conversation since that this API does not keep the outcome any more. */
export const COMMAND_STATUSES = ['accepting', 'queued', 'done', 'failed', 'unresolved', 'unknown'] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

export class AcceptedCommandResponse {
  @ApiProperty({ format: 'uuid', example: COMMAND_ID, description: 'Always the same for the same Idempotency-Key.' })
  commandId: string;

  @ApiProperty({ format: 'uuid', example: CONVERSATION_ID })
  conversationId: string;

  @ApiProperty({ enum: ['queued'] })
  status: 'queued';
}

export class CommandResponse {
  @ApiProperty({ format: 'uuid', example: COMMAND_ID })
  commandId: string;

  @ApiProperty({ format: 'uuid', example: CONVERSATION_ID })
  conversationId: string;

  @ApiProperty({
    enum: COMMAND_STATUSES,
    example: 'done',
    description:
      'accepting: the answer to its POST was an error or is still to come. unresolved: whether the provider did it is not ' +
      'known. unknown: its outcome is older than the timeline entries this API keeps; it is on the topic.',
  })
  status: CommandStatus;

  @ApiProperty({ format: 'date-time', description: 'Since when it has this status.' })
  at: string;

  @ApiPropertyOptional({ example: 'conversation.handed-off', description: 'Kind of the timeline entry that tells it.' })
  kind?: string;

  @ApiPropertyOptional({ example: 12, description: 'Sequence of that entry.' })
  sequence?: number;

  @ApiPropertyOptional({ example: 'not-found', description: 'Stable code, for failed and unresolved.' })
  code?: string;

  @ApiPropertyOptional({ example: 'the provider has no user "agent-1": status 404', description: 'Why, for people.' })
  reason?: string;
}
