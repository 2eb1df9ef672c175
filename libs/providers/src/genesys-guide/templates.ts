import type { FieldProblem } from '@heliograph/contracts';
import { FieldReader, isText, valueAt } from '../field-reader.ts';
import type { ProviderTemplate, TemplatePage, TemplateProvider } from '../template-client.ts';
import type { Read } from './answers.ts';
import { placeholdersOf, readComponents, readNamedTexts } from './template-components.ts';
import { readTemplateName } from './template-names.ts';

const noList: Read<never> = { ok: false, reason: 'the answer has no list of entities' };

/** A list that templates stand in: that of a WhatsApp provider (001, section 1), or the one of guide 002, section 2. */
export type TemplateSource = { readonly provider: string } | 'messaging';

function entitiesOf(json: unknown): readonly unknown[] | undefined {
  const entities = valueAt(json, 'entities');
  return Array.isArray(entities) ? entities : undefined;
}

/** The WhatsApp providers (guide 001, section 1: "filter the response for type WHATSAPP"). */
export function readProviders(json: unknown): Read<readonly TemplateProvider[]> {
  const providers = providersOf(json);
  return providers ? { ok: true, value: providers.flatMap((id) => (isText(id) ? [{ id }] : [])) } : noList;
}

function providersOf(json: unknown): unknown[] | undefined {
  const whatsapp = entitiesOf(json)?.filter((entity) => valueAt(entity, 'type') === 'WHATSAPP');
  return whatsapp?.map((entity) => valueAt(entity, 'id'));
}

/** First page of the list: it holds no templates, its cursor the lists still to be asked for; `others` come last. */
export function readFirstPage(json: unknown, others: readonly TemplateSource[]): Read<TemplatePage> {
  const ids = providersOf(json);
  if (!ids) return noList;
  const usable = ids.filter(isText);
  const problems = usable.length < ids.length ? [{ field: 'entities', reason: 'a provider has no id' }] : [];
  const sources = [...usable.map((provider) => ({ provider })), ...others];
  return { ok: true, value: { templates: [], ...nextOf(sources), problems } };
}

/** The templates of one list; `rest` are the lists after it. No guide shows a list in parts. */
export function readTemplates(
  json: unknown,
  source: TemplateSource,
  rest: readonly TemplateSource[],
): Read<TemplatePage> {
  const entities = entitiesOf(json);
  if (!entities) return noList;
  const templates: ProviderTemplate[] = [];
  const problems: FieldProblem[] = [];
  entities.forEach((entity, index) => {
    const fields = new FieldReader(entity);
    const template = readEntity(fields, entity, source);
    if (template && fields.problems.length === 0) templates.push(template);
    problems.push(...fields.problems.map(({ field, reason }) => ({ field: `entities[${index}].${field}`, reason })));
  });
  return { ok: true, value: { templates, ...nextOf(rest), problems } };
}

/** One template by itself (001, section 2; 002, edge case 3). */
export function readTemplate(json: unknown, source: TemplateSource): Read<ProviderTemplate> {
  const fields = new FieldReader(json);
  const template = readEntity(fields, json, source);
  const [problem] = fields.problems;
  if (template && !problem) return { ok: true, value: template };
  return { ok: false, reason: `the answer is no template${problem ? `: ${problem.field} ${problem.reason}` : ''}` };
}

const readEntity = (fields: FieldReader, entity: unknown, source: TemplateSource): ProviderTemplate | undefined =>
  source === 'messaging' ? readMessaging(fields) : readWhatsApp(fields, entity, source.provider);

function readWhatsApp(fields: FieldReader, entity: unknown, provider: string): ProviderTemplate {
  const language = fields.text('language');
  const parts = valueAt(entity, 'components');
  return {
    ...readCommon(fields),
    name: fields.text('name'),
    language,
    parameterCount: countIn(parts, 'BODY'),
    headerParameterCount: countIn(parts, 'HEADER'),
    channel: 'whatsapp',
    provider,
    ...readComponents(language, parts),
  };
}

/** @returns undefined for a template of another kind than SMS and e-mail, which guide 002 does not have */
function readMessaging(fields: FieldReader): ProviderTemplate | undefined {
  const type = fields.text('type').toLowerCase();
  const channel = (['sms', 'email'] as const).find((name) => name === type);
  if (!channel) return undefined;
  const { name, language } = readTemplateName(fields.text('name'));
  const texts = readNamedTexts(language, fields.text('body'), fields.optionalText('subject'));
  return {
    ...readCommon(fields),
    name,
    language,
    parameterCount: texts.variables.length,
    headerParameterCount: 0,
    channel,
    ...texts,
  };
}

function readCommon(fields: FieldReader) {
  const category = fields.optionalText('category');
  const rejectionReason = fields.optionalText('rejection_reason');
  const quality = fields.optionalText('quality');
  return {
    providerTemplateId: fields.text('id'),
    status: fields.text('status').toUpperCase(),
    ...(category !== undefined && { category }),
    ...(rejectionReason !== undefined && { rejectionReason }),
    ...(quality !== undefined && { quality: quality.toUpperCase() }),
  };
}

/** Distinct `{{…}}` in the components of a type; numbering starts anew in each component (guide 001, section 3). */
function countIn(components: unknown, type: string): number {
  if (!Array.isArray(components)) return 0;
  const texts = components
    .filter((part) => String(valueAt(part, 'type')).toUpperCase() === type)
    .map((part) => valueAt(part, 'text'))
    .filter((text) => typeof text === 'string');
  return placeholdersOf(texts.join('\n')).length;
}

const nextOf = (sources: readonly TemplateSource[]): { next?: string } =>
  sources.length > 0 ? { next: JSON.stringify(sources) } : {};

/**
 * The lists still to be asked for.
 *
 * @throws {TypeError} for a cursor that no page gave
 */
export function readCursor(cursor: string): readonly TemplateSource[] {
  let sources: unknown;
  try {
    sources = JSON.parse(cursor);
  } catch {
    sources = undefined;
  }
  if (Array.isArray(sources) && sources.length > 0 && sources.every(isSource)) return sources;
  throw new TypeError('not a cursor of this list');
}

const isSource = (value: unknown): value is TemplateSource =>
  value === 'messaging' || isText(valueAt(value, 'provider'));
