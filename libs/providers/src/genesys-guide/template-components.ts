import type { TemplateButton, TemplateLanguage, TemplateText, TemplateVariable } from '@heliograph/contracts';
import { isText, valueAt } from '../field-reader.ts';

/** What a listed template says, as a definition would say it. */
export interface ReadComponents {
  readonly components: TemplateLanguage;
  readonly variables: readonly TemplateVariable[];
}

/** Most characters of a value: of a header's, of any other (guide 001, section 3). */
const MAX = { header: 60, other: 1024 };
const PLACEHOLDER = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** Names in `{{…}}`, each once, in the order of their first place. */
export function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1]!))];
}

/**
 * Components as guide 001, sections 1 and 4 show them. The provider numbers placeholders, so variables are called by their place.
 *
 * @returns undefined when a part is of a kind that definitions do not have (a picture in the header, another button)
 */
export function readComponents(language: string, parts: unknown): ReadComponents | undefined {
  if (!Array.isArray(parts)) return undefined;
  const variables: TemplateVariable[] = [];
  const found: Partial<TemplateLanguage> = {};
  for (const part of parts as unknown[]) {
    const text = valueAt(part, 'text');
    switch (typeOf(part)) {
      case 'HEADER':
        if ((valueAt(part, 'format') ?? 'TEXT') !== 'TEXT' || !isText(text)) return undefined;
        found.header = readText('header', text, part, variables);
        break;
      case 'BODY':
        if (!isText(text)) return undefined;
        found.body = readText('body', text, part, variables);
        break;
      case 'FOOTER':
        if (!isText(text)) return undefined;
        found.footer = text;
        break;
      case 'BUTTONS': {
        const buttons = readButtons(valueAt(part, 'buttons'), variables);
        if (!buttons) return undefined;
        found.buttons = buttons;
        break;
      }
      default:
        return undefined;
    }
  }
  const { body, ...rest } = found;
  return body && { components: { language, ...rest, body }, variables };
}

/** A text of guide 002, whose placeholders are the names. */
export function readNamedTexts(language: string, body: string, subject: string | undefined): ReadComponents {
  const named = (text: string): TemplateText => ({ text, variables: placeholdersOf(text) });
  const names = new Set([...(subject === undefined ? [] : placeholdersOf(subject)), ...placeholdersOf(body)]);
  const variables = [...names].map((name) => variable(name, undefined, MAX.other));
  const subjectText = subject === undefined ? {} : { subject: named(subject) };
  return { components: { language, ...subjectText, body: named(body) }, variables };
}

const typeOf = (part: unknown): string => String(valueAt(part, 'type')).toUpperCase();

function readText(place: 'header' | 'body', text: string, part: unknown, all: TemplateVariable[]): TemplateText {
  const parameters = listAt(part, 'parameters');
  const variables = placeholdersOf(text).map((number, index) => {
    const max = place === 'header' ? MAX.header : MAX.other;
    const one = variable(`${place}_${number}`, parameters[index], max);
    all.push(one);
    return one.name;
  });
  return { text, variables };
}

/** Type and sample are those of the parameter, where the provider shows it. */
function variable(name: string, parameter: unknown, max: number): TemplateVariable {
  const isDate = typeOf(parameter) === 'DATE';
  const given = valueAt(parameter, isDate ? 'date.default' : 'text.default');
  return { name, type: isDate ? 'date' : 'text', max, sample: isText(given) ? given : name };
}

function readButtons(buttons: unknown, all: TemplateVariable[]): TemplateButton[] | undefined {
  if (!Array.isArray(buttons)) return undefined;
  const read = (buttons as unknown[]).map((button, index) => readButton(button, index, all));
  return read.every((one) => one !== undefined) ? read : undefined;
}

function readButton(button: unknown, index: number, all: TemplateVariable[]): TemplateButton | undefined {
  const at = (path: string): string => {
    const value = valueAt(button, path);
    return isText(value) ? value : '';
  };
  switch (typeOf(button)) {
    case 'REPLY':
      return whole({ kind: 'reply', title: at('reply.title'), payload: at('reply.id') });
    case 'URL': {
      const link = { kind: 'url' as const, title: at('url.title'), url: at('url.url') };
      if (placeholdersOf(link.url).length === 0) return whole(link);
      const one = variable(`button_${index + 1}`, listAt(button, 'url.parameters')[0], MAX.other);
      all.push(one);
      return whole({ ...link, variable: one.name });
    }
    case 'PHONE_NUMBER':
      return whole({ kind: 'phone', title: at('phone_number.title'), phone: at('phone_number.phone_number') });
    case 'COPY_CODE':
      return whole({ kind: 'copy-code', title: at('copy_code.title'), code: at('copy_code.code') });
    default:
      return undefined;
  }
}

const whole = (button: TemplateButton): TemplateButton | undefined =>
  Object.values(button).includes('') ? undefined : button;

function listAt(root: unknown, path: string): readonly unknown[] {
  const list = valueAt(root, path);
  return Array.isArray(list) ? list : [];
}
