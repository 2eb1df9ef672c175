import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiErrors, ApiKeyGuard, readId, readWholeNumber, Tenant } from '@heliograph/http-api';
import { BAD_ID, NOT_FOUND } from '../openapi/api-errors.ts';
import { TimelineResponse } from '../timeline/timeline.response.ts';
import { ConversationResponse } from './conversation.response.ts';
import { ConversationsService } from './conversations.service.ts';
import { TranscriptResponse } from './transcript.response.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;

@ApiTags('conversations')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/conversations')
export class ConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

  @Get(':id')
  @ApiOperation({ summary: 'Where a conversation stands', operationId: 'getConversation' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiResponse({ status: 200, type: ConversationResponse })
  @ApiErrors({ 400: BAD_ID, 404: NOT_FOUND })
  async get(@Tenant() tenant: string, @Param('id') id: string): Promise<ConversationResponse> {
    return this.conversations.get(tenant, readId(id));
  }

  @Get(':id/transcript')
  @ApiOperation({
    summary: 'What was said in the present session, oldest first',
    description:
      'Also of a session that ended less than an hour ago. Whole sessions are on the topic conversation.archive.v2 once they have ended.',
    operationId: 'getTranscript',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiResponse({ status: 200, type: TranscriptResponse })
  @ApiErrors({ 400: BAD_ID, 404: NOT_FOUND })
  async transcript(@Tenant() tenant: string, @Param('id') id: string): Promise<TranscriptResponse> {
    return this.conversations.transcript(tenant, readId(id));
  }

  @Get(':id/timeline')
  @ApiOperation({
    summary: 'What happened in a conversation, newest first',
    description:
      'The newest entries of the topic conversation.timeline.v1, which has all of them. An entry shows here shortly after it is on the topic.',
    operationId: 'getTimeline',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: LARGEST_PAGE, default: DEFAULT_PAGE },
  })
  @ApiQuery({
    name: 'before',
    required: false,
    description: 'Only entries with a lower sequence: `next` of the page before.',
    schema: { type: 'integer', minimum: 1 },
  })
  @ApiResponse({ status: 200, type: TimelineResponse })
  @ApiErrors({ 400: BAD_ID, 404: NOT_FOUND })
  async timeline(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query('limit') limit?: unknown,
    @Query('before') before?: unknown,
  ): Promise<TimelineResponse> {
    return this.conversations.timeline(tenant, readId(id), {
      limit: readWholeNumber('limit', limit, { min: 1, max: LARGEST_PAGE }) ?? DEFAULT_PAGE,
      before: readWholeNumber('before', before, { min: 1, max: Number.MAX_SAFE_INTEGER }),
    });
  }
}
