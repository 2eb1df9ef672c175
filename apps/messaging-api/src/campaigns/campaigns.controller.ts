import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
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
import { CAMPAIGN_STATES } from '@heliograph/contracts';
import {
  ApiCaller,
  ApiErrors,
  ApiKeyGuard,
  badRequest,
  readId,
  readWholeNumber,
  Tenant,
  WRONG_TYPE,
} from '@heliograph/http-api';
import { Log, Readiness } from '@heliograph/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readIdempotencyKey } from '../messages/idempotency-key.ts';
import { BAD_ID, TOO_LARGE } from '../openapi/api-errors.ts';
import { readCampaign } from './campaign-definition.ts';
import { BAD_CAMPAIGN, BAD_LIST, CAMPAIGN_KEY_REUSED, NO_CAMPAIGN } from './campaign-errors.ts';
import { CREATE_EXAMPLES } from './campaign-examples.ts';
import { Progress } from './campaign-progress.ts';
import { CreateCampaignRequest } from './campaign.request.ts';
import {
  CampaignListResponse,
  CampaignResponse,
  CreatedCampaignResponse,
  responseOf,
  summaryOf,
} from './campaign.response.ts';
import { streamCampaign } from './campaign-stream.ts';
import { CampaignTable } from './campaign-table.ts';
import { CampaignsService } from './campaigns.service.ts';

const LISTED = { min: 1, max: 1_000, usual: 100 };

@ApiTags('campaigns')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/campaigns')
export class CampaignsController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly progress: Progress,
    private readonly table: CampaignTable,
    private readonly readiness: Readiness,
    private readonly log: Log,
  ) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({
    summary: 'Create a campaign',
    description: 'A draft: recipients are added to it next, then it is started.',
    operationId: 'createCampaign',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'The same key always means the same campaign, for 7 days.',
    schema: { type: 'string', minLength: 1, maxLength: 255, example: 'spring-sale-2030' },
  })
  @ApiBody({ type: CreateCampaignRequest, examples: CREATE_EXAMPLES })
  @ApiResponse({ status: 201, type: CreatedCampaignResponse })
  @ApiErrors({ 400: BAD_CAMPAIGN, 413: TOO_LARGE, 415: WRONG_TYPE, 422: CAMPAIGN_KEY_REUSED })
  async create(
    @ApiCaller() caller: { tenant: string; name: string },
    @Req() request: FastifyRequest,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedCampaignResponse> {
    const key = readIdempotencyKey(request.raw.rawHeaders);
    const { campaign, notices } = await this.campaigns.create(caller, key, readCampaign(body));
    reply.header('location', `/v1/campaigns/${campaign.campaignId}`);
    return { ...summaryOf(campaign), ...(notices.length > 0 && { notices }) };
  }

  @Get()
  @ApiOperation({ summary: 'All campaigns', operationId: 'listCampaigns' })
  @ApiQuery({ name: 'state', required: false, enum: CAMPAIGN_STATES })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 } })
  @ApiResponse({ status: 200, type: CampaignListResponse })
  @ApiErrors({ 400: BAD_LIST })
  list(
    @Tenant() tenant: string,
    @Query('state') state?: unknown,
    @Query('limit') limit?: unknown,
  ): CampaignListResponse {
    if (state !== undefined && !CAMPAIGN_STATES.some((one) => one === state)) {
      throw badRequest([{ field: 'state', reason: `is not one of ${CAMPAIGN_STATES.join(', ')}` }]);
    }
    const most = readWholeNumber('limit', limit, LISTED) ?? LISTED.usual;
    const all = this.campaigns.all(tenant).filter((one) => state === undefined || one.state === state);
    return { campaigns: all.slice(0, most).map(summaryOf) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Where a campaign stands', operationId: 'getCampaign' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiResponse({ status: 200, type: CampaignResponse })
  @ApiErrors({ 400: BAD_ID, 404: NO_CAMPAIGN })
  async get(@Tenant() tenant: string, @Param('id') id: string): Promise<CampaignResponse> {
    const campaign = await this.campaigns.find(tenant, readId(id));
    return responseOf(campaign, await this.progress.of(campaign));
  }

  @Get(':id/stream')
  @ApiOperation({
    summary: 'Where a campaign stands, live',
    description:
      'Server-sent events named `campaign`, each with what GET /v1/campaigns/{id} answers: one at once, and one when something has ' +
      'changed, at most one a second for progress. Ends with the campaign.',
    operationId: 'streamCampaign',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiResponse({
    status: 200,
    content: { 'text/event-stream': { schema: { type: 'string' } } },
    description: 'Events.',
  })
  @ApiErrors({ 400: BAD_ID, 404: NO_CAMPAIGN })
  async stream(@Tenant() tenant: string, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const campaign = await this.campaigns.find(tenant, readId(id));
    await this.progress.of(campaign);
    const { table, progress, readiness, log } = this;
    void reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(streamCampaign(campaign, { table, progress, readiness, log }));
  }
}
