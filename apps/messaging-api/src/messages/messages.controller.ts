import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiErrors, ApiKeyGuard, readId, Tenant, WRONG_TYPE } from '@heliograph/http-api';
import { OPTED_OUT } from '../consent/consent-errors.ts';
import { AttachmentRequest } from '../contents/content.requests.ts';
import { BAD_ID, BAD_MESSAGE, KEY_REUSED, NOT_FOUND, TOO_LARGE } from '../openapi/api-errors.ts';
import { readIdempotencyKey } from './idempotency-key.ts';
import { MessageStatusService } from './message-status.service.ts';
import { AcceptedMessageResponse, MessageResponse } from './message.response.ts';
import { MessagesService } from './messages.service.ts';
import { readSendMessage } from './request-validation.ts';
import { SEND_EXAMPLES } from './send-examples.ts';
import { SendMessageRequest } from './send-message.request.ts';

@ApiTags('messages')
@ApiExtraModels(AttachmentRequest)
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/messages')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly statuses: MessageStatusService,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a message', operationId: 'sendMessage' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: '1 to 255 printable ASCII characters. The same key always means the same message, for 7 days.',
    schema: { type: 'string', minLength: 1, maxLength: 255, example: 'order-12345-shipped' },
  })
  @ApiBody({ type: SendMessageRequest, examples: SEND_EXAMPLES })
  @ApiResponse({
    status: 202,
    type: AcceptedMessageResponse,
    description: 'The message is stored durably and will be sent.',
  })
  @ApiErrors({ 400: BAD_MESSAGE, 403: OPTED_OUT, 413: TOO_LARGE, 415: WRONG_TYPE, 422: KEY_REUSED })
  async send(
    @Tenant() tenant: string,
    @Req() request: FastifyRequest,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedMessageResponse> {
    const key = readIdempotencyKey(request.raw.rawHeaders);
    const accepted = await this.messages.send(tenant, key, readSendMessage(body));
    reply.header('location', `/v1/messages/${accepted.messageId}`);
    return accepted;
  }

  @Get(':id')
  @ApiOperation({ summary: 'What became of a message', operationId: 'getMessage' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiResponse({ status: 200, type: MessageResponse })
  @ApiErrors({ 400: BAD_ID, 404: NOT_FOUND })
  async get(@Tenant() tenant: string, @Param('id') id: string): Promise<MessageResponse> {
    return this.statuses.statusOf(tenant, readId(id));
  }
}
