import { Body, Controller, Get, HttpCode, Param, Put, Query, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { CHANNELS } from '@heliograph/contracts';
import { ApiCaller, ApiErrors, ApiKeyGuard, badRequest, readBody, Tenant, WRONG_TYPE } from '@heliograph/http-api';
import { Kafka } from '@heliograph/kafka';
import { isISO8601 } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readIdempotencyKey } from '../messages/idempotency-key.ts';
import { TOO_LARGE } from '../openapi/api-errors.ts';
import { BAD_CONSENT, BAD_CONTACT, BAD_MOMENT } from './consent-errors.ts';
import { exportConsent } from './consent-export.ts';
import { ConsentChangeRequest } from './consent.request.ts';
import { AcceptedConsentResponse, ConsentResponse } from './consent.response.ts';
import { ConsentService, readContact } from './consent.service.ts';

const FIELDS = ['change', 'purpose', 'evidence', 'at'] as const satisfies readonly (keyof ConsentChangeRequest)[];

@ApiTags('consent')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/consent')
export class ConsentController {
  constructor(
    private readonly consent: ConsentService,
    private readonly kafka: Kafka,
  ) {}

  @Get('export')
  @ApiOperation({
    summary: 'Everything that was ever said, and what was not sent because of it',
    description:
      'A line of JSON per consent event: consent.changed and consent.suppressed. In order within a contact. Contacts appear as ' +
      '`subject`, which GET /v1/consent/{channel}/{address} tells.',
    operationId: 'exportConsent',
  })
  @ApiQuery({ name: 'since', required: false, schema: { type: 'string', format: 'date-time' } })
  @ApiResponse({
    status: 200,
    description: 'NDJSON. An answer that breaks off is not whole.',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  @ApiErrors({ 400: BAD_MOMENT })
  export(@Tenant() tenant: string, @Res() reply: FastifyReply, @Query('since') since?: unknown): void {
    if (since !== undefined && !isISO8601(since, { strict: true })) {
      throw badRequest([{ field: 'since', reason: 'is not a moment in ISO 8601' }]);
    }
    const from = since === undefined ? 0 : Date.parse(since as string);
    void reply.type('application/x-ndjson').send(exportConsent(this.kafka, tenant, from));
  }

  @Get(':channel/:address')
  @ApiOperation({ summary: 'Where a contact stands, and what made it so', operationId: 'getConsent' })
  @ApiParam({ name: 'channel', enum: CHANNELS })
  @ApiParam({ name: 'address', example: '+15550001234' })
  @ApiResponse({ status: 200, type: ConsentResponse })
  @ApiErrors({ 400: BAD_CONTACT })
  get(
    @Tenant() tenant: string,
    @Param('channel') channel: string,
    @Param('address') address: string,
  ): Promise<ConsentResponse> {
    return this.consent.get(readContact(tenant, channel, address));
  }

  @Put(':channel/:address')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Record that a contact has opted out or in',
    description: 'A phone number has one record for WhatsApp and SMS. It counts a moment after it is accepted.',
    operationId: 'changeConsent',
  })
  @ApiParam({ name: 'channel', enum: CHANNELS })
  @ApiParam({ name: 'address', example: '+15550001234' })
  @ApiHeader({ name: 'Idempotency-Key', required: true, schema: { type: 'string', minLength: 1, maxLength: 255 } })
  @ApiBody({ type: ConsentChangeRequest })
  @ApiResponse({ status: 202, type: AcceptedConsentResponse })
  @ApiErrors({ 400: BAD_CONSENT, 413: TOO_LARGE, 415: WRONG_TYPE })
  change(
    @ApiCaller() { tenant, name }: { tenant: string; name: string },
    @Req() request: FastifyRequest,
    @Param('channel') channel: string,
    @Param('address') address: string,
    @Body() body: unknown,
  ): Promise<AcceptedConsentResponse> {
    const contact = readContact(tenant, channel, address);
    const key = readIdempotencyKey(request.raw.rawHeaders);
    const now = new Date().toISOString();
    return this.consent.change(contact, { key, by: name, now }, readBody(ConsentChangeRequest, body, FIELDS));
  }
}
