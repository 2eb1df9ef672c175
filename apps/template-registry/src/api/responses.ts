import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PLAN_ACTIONS } from '../desired/plan.ts';

export class ProblemResponse {
  @ApiProperty({ example: 'templates/order_update.yaml' })
  file: string;

  @ApiPropertyOptional({ example: 12, description: 'Line in the file, from 1, where it is known.' })
  line?: number;

  @ApiProperty({ example: 'languages.en_US.body.text' })
  place: string;

  @ApiProperty({ example: 'placeholder-gap', description: 'Name of the rule; stays the same.' })
  rule: string;

  @ApiProperty({ example: 'uses {{3}} and not {{2}}: number placeholders from 1 without gaps' })
  reason: string;

  @ApiProperty({ enum: ['error', 'warning'], description: 'Warnings keep nothing from being applied.' })
  severity: string;
}

export class PlanLineResponse {
  @ApiProperty({ example: 'order_update' })
  name: string;

  @ApiProperty({ example: 1 })
  version: number;

  @ApiProperty({ example: 'en_US' })
  language: string;

  @ApiProperty({ enum: PLAN_ACTIONS, example: 'create' })
  action: string;

  @ApiProperty({ description: 'Keeps all of the files from being applied.' })
  isError: boolean;

  @ApiPropertyOptional({ example: 'beside version 1, which goes on until this one is approved' })
  detail?: string;

  @ApiPropertyOptional({ example: 'APPROVED', description: 'What the provider says of it now.' })
  status?: string;
}

export class PlanResponse {
  @ApiProperty({ example: 'acme-genesys' })
  account: string;

  @ApiProperty({ example: 'sQyTz0kX5Dk1x9aB', description: 'Names what it was planned against.' })
  revision: string;

  @ApiProperty({ description: 'Whether it can be applied as it is.' })
  applicable: boolean;

  @ApiProperty({ type: [ProblemResponse] })
  problems: readonly ProblemResponse[];

  @ApiProperty({ type: [PlanLineResponse], description: 'Empty while a file has an error.' })
  lines: readonly PlanLineResponse[];

  @ApiProperty({ example: { create: 2, unchanged: 8 }, description: 'Lines by what is done.' })
  counts: object;
}

export class WaitsForResponse {
  @ApiProperty({ example: '2030-01-31T18:00:45.000Z', description: 'When it goes on.' })
  until: string;

  @ApiProperty({ example: 'the limit of creations per hour' })
  reason: string;
}

export class RefusedResponse {
  @ApiProperty({ example: 'order_update' })
  name: string;

  @ApiProperty({ example: 1 })
  version: number;

  @ApiProperty({ example: 'en_US' })
  language: string;

  @ApiProperty({
    example: 'status 400: variables at the end of the body are not allowed',
    description: "The provider's text.",
  })
  reason: string;

  @ApiProperty({ example: '2030-01-31T18:00:00.000Z' })
  at: string;
}

export class ProgressResponse {
  @ApiProperty({ example: 'acme-genesys' })
  account: string;

  @ApiProperty({ example: 2500, description: 'Templates of the files, each language counted by itself.' })
  wanted: number;

  @ApiProperty({ example: 800, description: 'Of them, those that the provider has.' })
  submitted: number;

  @ApiProperty({ example: 1699 })
  waiting: number;

  @ApiProperty({ example: 750, description: 'How many may be sent.' })
  sendable: number;

  @ApiProperty({ example: 48, description: 'How many the provider has not decided about.' })
  inReview: number;

  @ApiProperty({ example: { APPROVED: 750, PENDING: 48, REJECTED: 2 } })
  statuses: Readonly<Record<string, number>>;

  @ApiPropertyOptional({ type: WaitsForResponse, description: 'While nothing can be submitted.' })
  waitsFor?: WaitsForResponse;

  @ApiPropertyOptional({
    example: '2030-02-01T15:14:00.000Z',
    description: 'When the last one can be submitted, at the earliest.',
  })
  doneBy?: string;

  @ApiProperty({ type: [RefusedResponse], description: 'Not submitted again until their file changes.' })
  refused: readonly RefusedResponse[];
}

export class StepResponse {
  @ApiProperty({ example: 'REJECTED' })
  status: string;

  @ApiProperty({ example: '2030-01-31T18:00:00.000Z' })
  at: string;

  @ApiProperty({ enum: ['webhook', 'reading', 'submission'] })
  source: string;

  @ApiPropertyOptional({ example: 'POLICY_VIOLATION' })
  reason?: string;
}

export class LanguageResponse {
  @ApiProperty({ example: 'en_US' })
  language: string;

  @ApiProperty({ example: 'REJECTED', description: 'WAITING while it is not submitted.' })
  status: string;

  @ApiPropertyOptional({ example: 'POLICY_VIOLATION' })
  reason?: string;

  @ApiPropertyOptional({ example: 'GREEN' })
  quality?: string;

  @ApiPropertyOptional({ example: 'UTILITY' })
  category?: string;

  @ApiPropertyOptional({ example: '2030-01-31T18:00:00.000Z' })
  checkedAt?: string;

  @ApiProperty({ type: [StepResponse], description: 'The last 50, oldest first.' })
  history: readonly StepResponse[];
}

export class SendsResponse {
  @ApiProperty({ example: 'en_US' })
  language: string;

  @ApiPropertyOptional({
    example: 'order_update_v2',
    description:
      'What a message by this name goes out as now, by its name at the provider; absent: it would be refused.',
  })
  sends?: string;

  @ApiPropertyOptional({ example: 'sms', description: 'Where it goes by another channel.' })
  by?: string;

  @ApiPropertyOptional({ example: 'template "order_update" (en_US) is REJECTED: POLICY_VIOLATION' })
  why?: string;
}

export class VersionResponse {
  @ApiProperty({ example: 2 })
  version: number;

  @ApiProperty({ example: 'order_update_v2' })
  providerName: string;

  @ApiProperty({ example: '2030-01-31T18:00:00.000Z' })
  appliedAt: string;

  @ApiProperty({ description: 'Sent no more.' })
  retired: boolean;

  @ApiProperty({ type: [LanguageResponse] })
  languages: readonly LanguageResponse[];
}

export class TemplateResponse {
  @ApiProperty({ example: 'order_update' })
  name: string;

  @ApiProperty({ example: 'acme-genesys' })
  account: string;

  @ApiProperty({ example: 'whatsapp' })
  channel: string;

  @ApiProperty({ description: 'Whether files say what it should be; false: it was made at the provider.' })
  managed: boolean;

  @ApiProperty({
    type: [String],
    example: ['customer', 'order'],
    description: 'What whoever sends it gives values for.',
  })
  variables: readonly string[];

  @ApiProperty({ type: [String], example: ['order_short', 'order_sms (sms)'] })
  fallbacks: readonly string[];

  @ApiProperty({ type: [SendsResponse] })
  sends: readonly SendsResponse[];

  @ApiProperty({ type: [VersionResponse], description: 'Newest first.' })
  versions: readonly VersionResponse[];
}

export class TemplatesResponse {
  @ApiProperty({ type: [TemplateResponse] })
  templates: readonly TemplateResponse[];
}

export class ImportedFileResponse {
  @ApiProperty({ example: 'order_update.yaml' })
  path: string;

  @ApiProperty({ description: 'The whole file, YAML.' })
  text: string;

  @ApiProperty({ type: [ProblemResponse], description: 'What has to be mended by hand before it can be applied.' })
  problems: readonly ProblemResponse[];
}

export class SkippedResponse {
  @ApiProperty({ example: 'spring_sale' })
  name: string;

  @ApiProperty({ example: 'en_US' })
  language: string;

  @ApiProperty({ example: 'it has parts that a file cannot say' })
  reason: string;
}

export class ImportResponse {
  @ApiProperty({ example: 'acme-genesys' })
  account: string;

  @ApiProperty({ type: [ImportedFileResponse] })
  files: readonly ImportedFileResponse[];

  @ApiProperty({ type: [SkippedResponse] })
  skipped: readonly SkippedResponse[];
}
