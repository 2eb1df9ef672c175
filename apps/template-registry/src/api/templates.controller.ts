import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiErrors, ApiKeyGuard, Tenant, WRONG_TYPE } from '@heliograph/http-api';
import { Unavailable } from '@heliograph/runtime';
import { ApplyService } from '../desired/apply.service.ts';
import { ImportService } from '../desired/import.service.ts';
import { ProgressService } from '../submission/progress.service.ts';
import { TemplateTable } from '../templates/template-table.ts';
import { BAD_ACCOUNT, BAD_REQUEST, BUSY, NO_TEMPLATE, NOT_APPLICABLE, TOO_LARGE } from './api-page.ts';
import { ApplyRequest, ImportRequest, PlanRequest, readApply, readImport, readPlan } from './requests.ts';
import { ImportResponse, PlanResponse, ProgressResponse, TemplateResponse, TemplatesResponse } from './responses.ts';
import { TemplateViewService } from './template-view.service.ts';

const ACCOUNT = { name: 'account', required: false, description: 'Needed when your tenant has more than one account.' };
const WRITES = { 400: BAD_REQUEST, 413: TOO_LARGE, 415: WRONG_TYPE };

@ApiTags('templates')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/templates')
export class TemplatesController {
  constructor(
    private readonly table: TemplateTable,
    private readonly view: TemplateViewService,
    private readonly applying: ApplyService,
    private readonly submission: ProgressService,
    private readonly importing: ImportService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Every template with its versions and what the provider says of them',
    operationId: 'listTemplates',
  })
  @ApiQuery(ACCOUNT)
  @ApiResponse({ status: 200, type: TemplatesResponse })
  @ApiErrors({ 400: BAD_ACCOUNT })
  list(@Tenant() tenant: string, @Query('account') account?: string): TemplatesResponse {
    this.whole();
    return { templates: this.view.list(tenant, account) };
  }

  @Get('progress')
  @ApiOperation({ summary: 'How far the submission to the provider is', operationId: 'templateProgress' })
  @ApiQuery(ACCOUNT)
  @ApiResponse({ status: 200, type: ProgressResponse })
  @ApiErrors({ 400: BAD_ACCOUNT })
  progress(@Tenant() tenant: string, @Query('account') account?: string): Promise<ProgressResponse> {
    this.whole();
    return this.submission.of(tenant, account);
  }

  @Get(':name')
  @ApiOperation({ summary: 'One template', operationId: 'getTemplate' })
  @ApiQuery(ACCOUNT)
  @ApiResponse({ status: 200, type: TemplateResponse })
  @ApiErrors({ 400: BAD_ACCOUNT, 404: NO_TEMPLATE })
  get(@Tenant() tenant: string, @Param('name') name: string, @Query('account') account?: string): TemplateResponse {
    this.whole();
    return this.view.get(tenant, name, account);
  }

  @Post('plan')
  @HttpCode(200)
  @ApiOperation({ summary: 'What applying files would do', operationId: 'planTemplates' })
  @ApiBody({ type: PlanRequest })
  @ApiResponse({ status: 200, type: PlanResponse })
  @ApiErrors(WRITES)
  plan(@Tenant() tenant: string, @Body() body: unknown): Promise<PlanResponse> {
    this.whole();
    return this.applying.plan(tenant, readPlan(body));
  }

  @Post('apply')
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes files the desired state', operationId: 'applyTemplates' })
  @ApiBody({ type: ApplyRequest })
  @ApiResponse({ status: 200, type: PlanResponse, description: 'Stored durably; it is submitted from now on.' })
  @ApiErrors({ ...WRITES, 409: BUSY, 422: NOT_APPLICABLE })
  apply(@Tenant() tenant: string, @Body() body: unknown): Promise<PlanResponse> {
    this.whole();
    const { directory, revision } = readApply(body);
    return this.applying.apply(tenant, directory, revision);
  }

  @Post('import')
  @HttpCode(200)
  @ApiOperation({ summary: 'Files from what the provider has', operationId: 'importTemplates' })
  @ApiBody({ type: ImportRequest })
  @ApiResponse({ status: 200, type: ImportResponse })
  @ApiErrors(WRITES)
  import(@Tenant() tenant: string, @Body() body: unknown): Promise<ImportResponse> {
    this.whole();
    const { account, names } = readImport(body);
    return this.importing.import(tenant, account, names);
  }

  /** @throws Unavailable while the topics are not read whole: what is missing would look as if it were not there */
  private whole(): void {
    const problem = this.table.problem();
    if (problem !== undefined) throw new Unavailable('kafka', problem);
  }
}
