import { isText, valueAt, type FieldReader } from '../field-reader.ts';
import type { TemplateFact } from '../provider-fact.ts';
import { listedLanguage } from './template-names.ts';

/** Guide 001, section 2; guide 002 names no event for its templates, so theirs are only read. */
export const TEMPLATE_EVENT = 'whatsapp_status_update';

/** "No reason" as Meta writes it. */
const NO_REASON = 'NONE';

/**
 * THE ASSUMED SCHEMA (the guide shows `rejected` and `POLICY_VIOLATION`, edge case 2, and no field): `{ id, type, timestamp, status?,
 * reason?, template: { id?, name, language, quality?, category? } }`; a status, a quality or a category at least.
 */
export function readTemplateChange(fields: FieldReader): TemplateFact {
  const id = fields.optionalId('template.id');
  const status = wordOf(fields.optionalText('status'));
  const reason = fields.optionalText('reason');
  const quality = wordOf(fields.optionalText('template.quality'));
  const category = wordOf(fields.optionalText('template.category'));
  const said = status ?? quality ?? category;
  if (said === undefined && fields.isRight('status', 'template.quality', 'template.category')) {
    fields.problem('status', 'is missing, and so are template.quality and template.category');
  }
  return {
    kind: 'template',
    eventId: fields.text('id'),
    at: fields.instant('timestamp'),
    name: fields.text('template.name'),
    language: listedLanguage(fields.text('template.language')),
    channel: 'whatsapp',
    ...(id !== undefined && { providerTemplateId: id }),
    ...(status !== undefined && { status }),
    ...(reason !== undefined && reason !== NO_REASON && { reason }),
    ...(quality !== undefined && { quality }),
    ...(category !== undefined && { category }),
  };
}

/** Lane of a template's events: its languages share one, so it does not matter how an event writes the language. */
export function templateLane(event: unknown): string | undefined {
  if (valueAt(event, 'type') !== TEMPLATE_EVENT) return undefined;
  const name = valueAt(event, 'template.name');
  return isText(name) ? `template:${name}` : undefined;
}

/** `in review`, `In_Review` and `IN_REVIEW` are one word. */
const wordOf = (text: string | undefined): string | undefined =>
  text
    ?.trim()
    .replace(/[\s-]+/g, '_')
    .toUpperCase();
