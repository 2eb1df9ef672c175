import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiErrors, ApiKeyGuard, Tenant } from '@heliograph/http-api';
import { CannedResponses } from './canned-responses.ts';
import { CannedResponsesResponse } from './canned.response.ts';

@ApiTags('canned responses')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/canned-responses')
export class CannedController {
  constructor(private readonly canned: CannedResponses) {}

  @Get()
  @ApiOperation({ summary: 'The canned responses of your tenant', operationId: 'listCannedResponses' })
  @ApiResponse({ status: 200, type: CannedResponsesResponse })
  @ApiErrors({})
  list(@Tenant() tenant: string): CannedResponsesResponse {
    return { responses: this.canned.of(tenant) };
  }
}
