import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  CAMPAIGN_ENDS,
  CAMPAIGN_STATES,
  CHANNELS,
  type CampaignEnd,
  type CampaignStateWord,
  type Channel,
} from '@heliograph/contracts';
import { CampaignColumnsRequest, CampaignTemplateRequest, FrequencyCapRequest } from './campaign.request.ts';
import type { ShownProgress } from './campaign-progress.ts';
import type { KnownCampaign } from './campaign-table.ts';

const CAMPAIGN_ID = '7f0d4a52-5a54-4d3c-8a7e-0d6e6d1c2b10';

export class CampaignReasonResponse {
  @ApiProperty({ example: 'template-not-approved', description: 'Stable, for programs.' })
  code: string;
  @ApiProperty({ example: 'template "spring_sale" (en) is REJECTED and has no fallback that may be sent' })
  reason: string;
}

export class CampaignStepResponse {
  @ApiProperty({ enum: CAMPAIGN_STATES, example: 'running' })
  state: CampaignStateWord;
  @ApiProperty({ format: 'date-time' })
  at: string;
  @ApiPropertyOptional({
    example: 'marketing',
    description: 'Name of the API key that asked for it; absent when it came by itself.',
  })
  by?: string;
  @ApiPropertyOptional({ example: 'template-not-approved' })
  code?: string;
}

export class UploadCountsResponse {
  @ApiProperty({ example: 1000, description: 'accepted + invalid + repeated + suppressed' })
  rows: number;
  @ApiProperty({ example: 960, description: 'Became recipients.' })
  accepted: number;
  @ApiProperty({ example: 10, description: 'Something is wrong with the row; errors of the upload say what.' })
  invalid: number;
  @ApiProperty({ example: 10, description: 'The contact was a recipient of the campaign already.' })
  repeated: number;
  @ApiProperty({ example: 20, description: 'The contact has opted out.' })
  suppressed: number;
}

export class CampaignProgressResponse {
  @ApiProperty({
    example: 960,
    description: 'Every recipient counts once: waiting + underWay + sent + failed + suppressed + unresolved.',
  })
  accepted: number;
  @ApiProperty({ example: 700, description: 'Nothing was asked of a provider yet.' })
  waiting: number;
  @ApiProperty({ example: 10, description: 'About to be sent.' })
  underWay: number;
  @ApiProperty({ example: 240, description: 'Taken by the provider; delivered and read are among them.' })
  sent: number;
  @ApiProperty({ example: 200, description: 'Reached the customer; read are among them.' })
  delivered: number;
  @ApiProperty({ example: 120 })
  read: number;
  @ApiProperty({ example: 5 })
  failed: number;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, example: { 'number-invalid': 5 } })
  failedBy: Record<string, number>;
  @ApiProperty({ example: 4, description: 'The contact had opted out when it was to be sent.' })
  suppressed: number;
  @ApiProperty({ example: 1, description: 'Whether the provider took it is not known; not sent again.' })
  unresolved: number;
  @ApiProperty({ example: 12, description: 'Recipients who wrote after they were sent to.' })
  replies: number;
  @ApiProperty({ example: 2, description: 'Recipients who said no after they were sent to.' })
  optOuts: number;
}

/** A campaign as it was asked for, and where it stands. */
export class CampaignSummaryResponse {
  @ApiProperty({ format: 'uuid', example: CAMPAIGN_ID })
  campaignId: string;
  @ApiProperty({ example: 'Spring sale' })
  name: string;
  @ApiProperty({ enum: CHANNELS, example: 'sms' })
  channel: Channel;
  @ApiProperty({ example: 'alerts' })
  sender: string;
  @ApiProperty({ type: CampaignTemplateRequest })
  template: CampaignTemplateRequest;
  @ApiProperty({
    enum: CAMPAIGN_STATES,
    example: 'running',
    description:
      'draft: recipients may be added. checking: what it needs is looked at, or its start is awaited. paused: by people. halted: ' +
      'something it needs is missing, see reasons; resume it after the repair. finished: every recipient has ended.',
  })
  state: CampaignStateWord;
  @ApiProperty({ format: 'date-time' })
  since: string;
  @ApiProperty({ type: [CampaignReasonResponse], description: 'Why it does not run.' })
  reasons: readonly CampaignReasonResponse[];
  @ApiPropertyOptional({
    enum: CAMPAIGN_ENDS,
    description: 'Nothing of it is sent any more; it is finished when what was under way has ended.',
  })
  ending?: CampaignEnd;
  @ApiPropertyOptional({ enum: CAMPAIGN_ENDS, description: 'Of a finished one.' })
  end?: CampaignEnd;
  @ApiProperty({ type: UploadCountsResponse, description: 'Of all uploads together.' })
  uploads: UploadCountsResponse;
  @ApiPropertyOptional({ format: 'date-time' })
  startAt?: string;
  @ApiProperty({ format: 'date-time' })
  expiresAt: string;
  @ApiPropertyOptional({ example: 'marketing', description: 'Name of the API key.' })
  createdBy?: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class CampaignResponse extends CampaignSummaryResponse {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { first_name: { column: 'name' }, code: { value: 'SPRING' } },
  })
  variables: Record<string, unknown>;
  @ApiProperty({ type: CampaignColumnsRequest })
  columns: CampaignColumnsRequest;
  @ApiPropertyOptional({ example: 'US' })
  country?: string;
  @ApiPropertyOptional({ example: 600 })
  perMinute?: number;
  @ApiPropertyOptional({ type: FrequencyCapRequest })
  frequencyCap?: FrequencyCapRequest;
  @ApiProperty({ type: [CampaignStepResponse], description: 'The last 50 changes of state, oldest first.' })
  history: readonly CampaignStepResponse[];
  @ApiProperty({ type: CampaignProgressResponse })
  progress: CampaignProgressResponse;
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Of a running one: when it will have ended at the pace it has had so far.',
  })
  expectedEnd?: string;
}

export class CreatedCampaignResponse extends CampaignSummaryResponse {
  @ApiPropertyOptional({
    type: [String],
    example: ['template "spring_sale" (en) is PENDING: the message fails unless that changes before it is sent'],
    description: 'What would keep it from being sent now. It is looked at again when it is started, and while it runs.',
  })
  notices?: readonly string[];
}

export class CampaignListResponse {
  @ApiProperty({ type: [CampaignSummaryResponse], description: 'Newest first.' })
  campaigns: CampaignSummaryResponse[];
}

export function summaryOf({
  campaignId,
  definition,
  state,
  since,
  reasons,
  ending,
  end,
  uploads,
}: KnownCampaign): CampaignSummaryResponse {
  const { name, channel, sender, template, startAt, expiresAt, createdBy, createdAt } = definition;
  return {
    ...{ campaignId, name, channel, sender, template, state, since, reasons },
    ...(ending && { ending }),
    ...(end && { end }),
    uploads,
    ...(startAt !== undefined && { startAt }),
    expiresAt,
    ...(createdBy !== undefined && { createdBy }),
    createdAt,
  };
}

export function responseOf(campaign: KnownCampaign, { progress, expectedEnd }: ShownProgress): CampaignResponse {
  const { variables, columns, country, perMinute, frequencyCap } = campaign.definition;
  return {
    ...summaryOf(campaign),
    ...{ variables, columns },
    ...(country !== undefined && { country }),
    ...(perMinute !== undefined && { perMinute }),
    ...(frequencyCap && { frequencyCap }),
    ...{ history: campaign.history, progress },
    ...(expectedEnd !== undefined && { expectedEnd }),
  };
}
