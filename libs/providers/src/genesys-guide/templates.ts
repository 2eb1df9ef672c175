import type { FieldProblem } from '@heliograph/contracts';
import { FieldReader, isText, valueAt } from '../field-reader.ts';
import type { ProviderTemplate, TemplatePage } from '../provider-client.ts';
import type { Read } from './answers.ts';

const noList: Read<never> = { ok: false, reason: 'the answer has no list of entities' };

function entitiesOf(json: unknown): readonly unknown[] | undefined {
  const entities = valueAt(json, 'entities');
  return Array.isArray(entities) ? entities : undefined;
}

/**
 * The WhatsApp providers (guide 001, section 1: "filter the response for type WHATSAPP"), as the first page of the list: it
 * holds no templates, its cursor the providers still to be asked.
 */
export function readProviders(json: unknown): Read<TemplatePage> {
  const entities = entitiesOf(json);
  if (!entities) return noList;
  const ids = entities
    .filter((entity) => valueAt(entity, 'type') === 'WHATSAPP')
    .map((entity) => valueAt(entity, 'id'));
  const usable = ids.filter(isText);
  const problems = usable.length < ids.length ? [{ field: 'entities', reason: 'a provider has no id' }] : [];
  return { ok: true, value: { templates: [], ...nextOf(usable), problems } };
}

/** The templates of one provider (guide 001, sections 1 and 2); `rest` are the providers after it. */
export function readTemplates(json: unknown, rest: readonly string[]): Read<TemplatePage> {
  const entities = entitiesOf(json);
  if (!entities) return noList;
  const templates: ProviderTemplate[] = [];
  const problems: FieldProblem[] = [];
  entities.forEach((entity, index) => {
    const fields = new FieldReader(entity);
    const template = readTemplate(fields, entity);
    if (fields.problems.length === 0) templates.push(template);
    problems.push(...fields.problems.map(({ field, reason }) => ({ field: `entities[${index}].${field}`, reason })));
  });
  return { ok: true, value: { templates, ...nextOf(rest), problems } };
}

function readTemplate(fields: FieldReader, entity: unknown): ProviderTemplate {
  const category = fields.optionalText('category');
  const rejectionReason = fields.optionalText('rejection_reason');
  return {
    providerTemplateId: fields.text('id'),
    name: fields.text('name'),
    language: fields.text('language'),
    status: fields.text('status').toUpperCase(),
    ...(category !== undefined && { category }),
    ...(rejectionReason !== undefined && { rejectionReason }),
    parameterCount: placeholders(entity, 'BODY'),
    headerParameterCount: placeholders(entity, 'HEADER'),
  };
}

/** Distinct `{{…}}` in the components of a type; numbering starts anew in each component (guide 001, section 3). */
function placeholders(entity: unknown, type: string): number {
  const components = valueAt(entity, 'components');
  if (!Array.isArray(components)) return 0;
  const texts = components
    .filter((part) => String(valueAt(part, 'type')).toUpperCase() === type)
    .map((part) => valueAt(part, 'text'))
    .filter((text) => typeof text === 'string');
  const found = texts.flatMap((text) => [...text.matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)]);
  return new Set(found.map((match) => match[1])).size;
}

const nextOf = (ids: readonly string[]): { next?: string } => (ids.length > 0 ? { next: JSON.stringify(ids) } : {});

/** @throws {TypeError} for a cursor that no page gave */
export function readCursor(cursor: string): { readonly provider: string; readonly rest: readonly string[] } {
  let ids: unknown;
  try {
    ids = JSON.parse(cursor);
  } catch {
    ids = undefined;
  }
  if (!Array.isArray(ids) || !ids.every(isText) || ids[0] === undefined)
    throw new TypeError('not a cursor of this list');
  return { provider: ids[0], rest: ids.slice(1) };
}
