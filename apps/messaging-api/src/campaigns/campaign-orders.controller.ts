import { applyDecorators, Controller, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { CampaignAction } from '@heliograph/contracts';
import { ApiCaller, ApiErrors, ApiKeyGuard, readId } from '@heliograph/http-api';
import type { FastifyReply } from 'fastify';
import { BAD_ID } from '../openapi/api-errors.ts';
import { NO_CAMPAIGN, WRONG_STATE } from './campaign-errors.ts';
import { CampaignOrders } from './campaign-orders.ts';
import { Progress } from './campaign-progress.ts';
import { CampaignResponse, responseOf } from './campaign.response.ts';

interface Caller {
  readonly tenant: string;
  readonly name: string;
}

const order = (summary: string, description: string, operationId: string): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    ApiOperation({ summary, description: `${description} Repeating it is safe.`, operationId }),
    ApiParam({ name: 'id', format: 'uuid' }),
    ApiResponse({ status: 200, type: CampaignResponse, description: 'It has come true.' }),
    ApiResponse({ status: 202, type: CampaignResponse, description: 'It is stored durably and will come true.' }),
    ApiErrors({ 400: BAD_ID, 404: NO_CAMPAIGN, 409: WRONG_STATE }),
  );

@ApiTags('campaigns')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/campaigns')
export class CampaignOrdersController {
  constructor(
    private readonly orders: CampaignOrders,
    private readonly progress: Progress,
  ) {}

  @Post(':id/start')
  @order(
    'Start a campaign',
    'It takes no recipients any more. What it needs is looked at first; then it runs, not before startAt.',
    'startCampaign',
  )
  start(@ApiCaller() caller: Caller, @Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.give(caller, id, 'start', reply);
  }

  @Post(':id/pause')
  @order('Pause a campaign', 'Once it is paused, nothing more of it leaves.', 'pauseCampaign')
  pause(@ApiCaller() caller: Caller, @Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.give(caller, id, 'pause', reply);
  }

  @Post(':id/resume')
  @order(
    'Go on with a paused or halted campaign',
    'What it needs is looked at again. Nobody is sent to twice.',
    'resumeCampaign',
  )
  resume(@ApiCaller() caller: Caller, @Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.give(caller, id, 'resume', reply);
  }

  @Post(':id/cancel')
  @order('Cancel a campaign', 'Who was not sent to yet never will be.', 'cancelCampaign')
  cancel(@ApiCaller() caller: Caller, @Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.give(caller, id, 'cancel', reply);
  }

  private async give(
    caller: Caller,
    id: string,
    action: CampaignAction,
    reply: FastifyReply,
  ): Promise<CampaignResponse> {
    const { campaign, hasShown } = await this.orders.give(caller, readId(id), action);
    if (!hasShown) reply.code(202);
    return responseOf(campaign, await this.progress.of(campaign));
  }
}
