import type { CampaignDefinition } from '@heliograph/contracts';
import { badRequest, readBody } from '@heliograph/http-api';
import type { ErrorDetail } from '@heliograph/runtime';
import { isSupportedCountry } from 'libphonenumber-js';
import type { Senders } from '../messages/senders.ts';
import type { Templates } from '../templates/templates.ts';
import { CAMPAIGN_FIELDS, CreateCampaignRequest } from './campaign.request.ts';

const DAY_MS = 86_400_000;
const USUAL_MS = 7 * DAY_MS;
/** Recipients are kept for 30 days. */
const LONGEST_MS = 29 * DAY_MS;

export type VariableSource = CampaignDefinition['variables'][string];

/** A request that is valid by itself. */
export type ReadCampaign = Omit<CreateCampaignRequest, 'variables'> & { variables: Record<string, VariableSource> };

/** @throws ApiError 400 naming every wrong field and the reason */
export function readCampaign(body: unknown): ReadCampaign {
  const request = readBody(CreateCampaignRequest, body, CAMPAIGN_FIELDS, (read) => [
    ...Object.entries(read.variables ?? {}).flatMap(([name, source]) => sourceProblems(name, source)),
    ...(read.country !== undefined && !isSupportedCountry(read.country)
      ? [{ field: 'country', reason: 'is no country whose phone numbers are known' }]
      : []),
  ]);
  return { ...request, variables: (request.variables ?? {}) as Record<string, VariableSource> };
}

function sourceProblems(name: string, source: unknown): ErrorDetail[] {
  const field = `variables.${name}`;
  const fields = typeof source === 'object' && source !== null ? Object.entries(source) : [];
  const [kind, value] = fields.length === 1 ? fields[0]! : [];
  if (kind === 'column' && typeof value === 'string' && value !== '' && value.length <= 256) return [];
  if (kind === 'value' && (typeof value === 'string' || typeof value === 'number')) return [];
  return [{ field, reason: 'must be { "column": name of a column } or { "value": a text or a number }' }];
}

/**
 * The campaign that a request asks for.
 *
 * @param from what is known of the request: `createdAt` is that of its first use
 * @throws ApiError 400 for an unknown sender or template, variables that do not fit it, or a time that cannot be
 * @throws Unavailable while the templates are not read whole
 */
export function definitionOf(
  request: ReadCampaign,
  from: Pick<CampaignDefinition, 'campaignId' | 'tenant' | 'createdAt'> & { createdBy: string },
  senders: Senders,
): CampaignDefinition {
  const { name, channel, sender, template, variables, columns, country, perMinute, frequencyCap } = request;
  const account = senders.accountOf(from.tenant, channel, sender);
  const created = Date.parse(from.createdAt);
  const expiresAt = request.expiresAt === undefined ? created + USUAL_MS : Date.parse(request.expiresAt);
  const startAt = request.startAt === undefined ? undefined : Date.parse(request.startAt);
  const problems: ErrorDetail[] = [];
  if (expiresAt <= created) problems.push({ field: 'expiresAt', reason: 'is in the past' });
  if (expiresAt > created + LONGEST_MS) problems.push({ field: 'expiresAt', reason: 'is more than 29 days away' });
  if (startAt !== undefined && startAt >= expiresAt) {
    problems.push({ field: 'startAt', reason: 'is not before expiresAt' });
  }
  if (problems.length > 0) throw badRequest(problems);
  return {
    ...{
      campaignId: from.campaignId,
      tenant: from.tenant,
      name,
      account,
      channel,
      sender,
      template,
      variables,
      columns,
    },
    ...(country !== undefined && { country }),
    ...(startAt !== undefined && { startAt: new Date(startAt).toISOString() }),
    expiresAt: new Date(expiresAt).toISOString(),
    ...(perMinute !== undefined && { perMinute }),
    ...(frequencyCap && { frequencyCap }),
    ...{ createdBy: from.createdBy, createdAt: from.createdAt },
  };
}

/**
 * The template with the values that are the same for all, and samples for those of the rows.
 *
 * @returns notices: what would keep it from being sent now
 * @throws ApiError 400 for a template that is not there, and variables that are not mapped or not its own
 * @throws Unavailable while the templates are not read whole
 */
export function checkTemplate(
  { tenant, account, channel, template, variables: sources }: CampaignDefinition,
  templates: Templates,
): string[] {
  const by = { tenant, account, channel };
  const samples = templates.samples(by, template.name);
  const variables = Object.fromEntries(
    Object.entries(sources).map(([name, from]) => [name, 'value' in from ? from.value : (samples[name] ?? 'x')]),
  );
  const { problems, notice } = templates.judge(by, { type: 'template', ...template, variables });
  if (problems.length === 0) return notice === undefined ? [] : [notice];
  throw badRequest(
    problems.map(({ field, reason }) => ({
      field: field.startsWith('variables') ? field : `template.${field}`,
      reason,
    })),
  );
}
