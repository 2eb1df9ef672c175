import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { HAND_OFF_TARGETS, SkillWish } from '@heliograph/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
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

class ExpiringRequest {
  @ApiPropertyOptional({
    example: '2030-01-31T18:00:00Z',
    description: 'Not carried out after this moment. ISO 8601 with a time zone.',
  })
  @Optional()
  @IsISO8601({ strict: true })
  @Matches(/^[\d-]{10}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/, {
    message: 'expiresAt must be a date and time with a time zone, for example 2030-01-31T18:00:00Z',
  })
  expiresAt?: string;
}

/** Gives the conversation to a person, or to a queue that finds one. */
export class HandOffRequest extends ExpiringRequest {
  @ApiProperty({
    enum: HAND_OFF_TARGETS,
    example: 'agent',
    description: 'last-agent: who handled the conversation last; the queue where nobody did, or is there any more.',
  })
  @IsIn(HAND_OFF_TARGETS)
  to: (typeof HAND_OFF_TARGETS)[number];

  @ApiPropertyOptional({ example: 'agent-user-id-12345', description: 'User id of the agent; only for to: agent.' })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(128)
  agentId?: string;

  @ApiPropertyOptional({ example: 'queue-support', description: "The sender's queue when absent." })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(128)
  queueId?: string;

  @ApiPropertyOptional({ example: 5, minimum: 0, maximum: 1000, description: 'Place in the queue.' })
  @Optional()
  @IsInt()
  @Min(0)
  @Max(1000)
  priority?: number;

  @ApiPropertyOptional({
    type: 'array',
    items: {
      type: 'object',
      properties: { id: { type: 'string' }, level: { type: 'integer', minimum: 0, maximum: 1000 } },
      required: ['id', 'level'],
    },
    example: [{ id: 'skill-french', level: 1 }],
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SkillWish)
  skills?: SkillWish[];

  @ApiPropertyOptional({
    default: true,
    description: 'Whether the agent is added as accepted, or left pending until an accept is asked for.',
  })
  @Optional()
  @IsBoolean()
  accepted?: boolean;

  @ApiPropertyOptional({
    description: 'Whether the customer is known to be who they say. What the channel said when absent.',
  })
  @Optional()
  @IsBoolean()
  customerAuthenticated?: boolean;

  @ApiPropertyOptional({ example: 'Wants to change the delivery address.', maxLength: 1000 })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  note?: string;
}

/** Sets an agent of the conversation accepted. */
export class AcceptRequest extends ExpiringRequest {
  @ApiProperty({ example: 'agent-user-id-12345', description: 'User id of the agent.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(128)
  agentId: string;
}

/** Wraps up an agent's part in the conversation. */
export class WrapUpRequest extends AcceptRequest {
  @ApiProperty({ example: 'resolved', maxLength: 128, description: 'Wrap-up code.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(128)
  code: string;
}

/** Ends the present session. */
export class CloseRequest extends ExpiringRequest {
  @ApiProperty({ example: 'resolved', maxLength: 128, description: 'Wrap-up code of agents who have not wrapped up.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(128)
  code: string;

  @ApiPropertyOptional({ example: 'The customer has what they need.', maxLength: 1000 })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason?: string;
}

/** For the API page. */
export const HAND_OFF_EXAMPLES = {
  agent: { summary: 'To an agent', value: { to: 'agent', agentId: 'agent-user-id-12345', note: 'Speaks French.' } },
  queue: {
    summary: 'To a queue, with what the agent must be able to do',
    value: { to: 'queue', queueId: 'queue-support', priority: 5, skills: [{ id: 'skill-french', level: 1 }] },
  },
  lastAgent: { summary: 'To who handled the conversation last', value: { to: 'last-agent' } },
};
export const ACCEPT_EXAMPLES = { agent: { value: { agentId: 'agent-user-id-12345' } } };
export const WRAP_UP_EXAMPLES = { resolved: { value: { agentId: 'agent-user-id-12345', code: 'resolved' } } };
export const CLOSE_EXAMPLES = { resolved: { value: { code: 'resolved', reason: 'The customer has what they need.' } } };
