import { Controller, HttpCode, Param, Post, Query, Req, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiError, ApiErrors, ApiKeyGuard, readId, Tenant } from '@heliograph/http-api';
import { STREAMED } from '@heliograph/runtime';
import type { FastifyRequest } from 'fastify';
import { BAD_UPLOAD, NO_CAMPAIGN, NOT_A_DRAFT, UPLOAD_STALLED, WRONG_FILE_TYPE } from '../campaigns/campaign-errors.ts';
import { FILE_EXAMPLES } from '../campaigns/campaign-examples.ts';
import { CampaignsService } from '../campaigns/campaigns.service.ts';
import { decodedText } from './reading/decoded-text.ts';
import { receivedBytes } from './received-bytes.ts';
import { RecipientUploads } from './recipient-uploads.ts';
import { readerOf, readFormat } from './upload-format.ts';
import { UploadResponse } from './upload.response.ts';

/** As for every other request. */
const IDLE_MS = 30_000;

@ApiTags('campaigns')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/campaigns')
export class UploadsController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly uploads: RecipientUploads,
  ) {}

  @Post(':id/recipients')
  @RouteConfig({ [STREAMED]: true })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Add recipients to a campaign',
    description:
      'A file of any size, read as it comes. CSV with a header (RFC 4180; any line end), or a JSON object on every line. Names of ' +
      'columns are those of the campaign. A row that is wrong is left out and reported; the others become recipients. Sending a file ' +
      'again is safe: who is a recipient already is counted as repeated. A byte order mark decides about the charset, else ' +
      'the Content-Type, else it is UTF-8.',
    requestBody: { required: true, content: FILE_EXAMPLES },
    operationId: 'addRecipients',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiQuery({
    name: 'separator',
    required: false,
    schema: { type: 'string', default: ',' },
    description: 'One character, or `tab`; of CSV.',
  })
  @ApiQuery({ name: 'quote', required: false, schema: { type: 'string', default: '"' }, description: 'One character.' })
  @ApiResponse({
    status: 200,
    type: UploadResponse,
    description: 'All of it was read; accepted rows are stored durably.',
  })
  @ApiErrors({ 400: BAD_UPLOAD, 404: NO_CAMPAIGN, 408: UPLOAD_STALLED, 409: NOT_A_DRAFT, 415: WRONG_FILE_TYPE })
  async add(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Query('separator') separator?: unknown,
    @Query('quote') quote?: unknown,
  ): Promise<UploadResponse> {
    const campaign = await this.campaigns.find(tenant, readId(id));
    const format = readFormat(request.headers['content-type'], { separator, quote });
    if (campaign.state !== 'draft') {
      throw new ApiError(409, `The campaign is ${campaign.state}: recipients are added to a draft`);
    }
    const text = decodedText(receivedBytes(request.raw, IDLE_MS), format.charset);
    return this.uploads.run(campaign.definition, text, readerOf(format, campaign.definition));
  }
}
