import { Body, Controller, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CHANNELS } from '@heliograph/contracts';
import { ApiCaller, ApiErrors, ApiKeyGuard, readBody, WRONG_TYPE } from '@heliograph/http-api';
import type { FastifyRequest } from 'fastify';
import { BAD_CONSENT } from '../consent/consent-errors.ts';
import { readContact } from '../consent/consent.service.ts';
import { readIdempotencyKey } from '../messages/idempotency-key.ts';
import { COMMAND_KEY_REUSED, TOO_LARGE } from '../openapi/api-errors.ts';
import { EraseContactRequest } from './erasure.request.ts';
import { AcceptedErasureResponse } from './erasure.response.ts';
import { ErasureService } from './erasure.service.ts';

@ApiTags('contacts')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/contacts')
export class ContactsController {
  constructor(private readonly erasures: ErasureService) {}

  @Post(':channel/:address/erase')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Erase what is kept of a contact',
    description:
      'Address, messages and what is held go from every state a moment after it is accepted, and from topics when their time has ' +
      'passed. A phone number is erased on WhatsApp and SMS. Whether the contact has opted out stays known, under a keyed hash.',
    operationId: 'eraseContact',
  })
  @ApiParam({ name: 'channel', enum: CHANNELS })
  @ApiParam({ name: 'address', example: '+15550001234' })
  @ApiHeader({ name: 'Idempotency-Key', required: true, schema: { type: 'string', minLength: 1, maxLength: 255 } })
  @ApiBody({ type: EraseContactRequest })
  @ApiResponse({ status: 202, type: AcceptedErasureResponse })
  @ApiErrors({ 400: BAD_CONSENT, 413: TOO_LARGE, 415: WRONG_TYPE, 422: COMMAND_KEY_REUSED })
  erase(
    @ApiCaller() { tenant, name }: { tenant: string; name: string },
    @Req() request: FastifyRequest,
    @Param('channel') channel: string,
    @Param('address') address: string,
    @Body() body: unknown,
  ): Promise<AcceptedErasureResponse> {
    const contact = readContact(tenant, channel, address);
    const key = readIdempotencyKey(request.raw.rawHeaders);
    const { evidence } = readBody(EraseContactRequest, body, ['evidence']);
    return this.erasures.erase(contact, { key, by: name, evidence });
  }
}
