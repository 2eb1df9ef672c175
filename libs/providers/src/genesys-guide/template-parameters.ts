import type { MessageContent, TemplateButtonValue } from '@heliograph/contracts';
import type { Read } from './answers.ts';

type Values = Pick<MessageContent, 'headerParameters' | 'parameters' | 'buttonValues' | 'variables'>;

/**
 * Flat ordered list (guide 001, section 3): header, then body, then the addresses of links, each in the order of its
 * placeholders. What a reply sends back stands in the template itself (section 4).
 */
export function flatParameters({ headerParameters = [], parameters = [], buttonValues }: Values): string[] {
  const links = inOrder(buttonValues).filter(({ kind }) => kind === 'url');
  return [...headerParameters, ...parameters, ...links.map(({ value }) => value)];
}

/**
 * By name (guide 002, section 3). A name that differs from the template's would be seen by the customer as `{{name}}`
 * (section 2), so values without names are none.
 */
export function keyedParameters({ parameters = [], variables }: Values): Read<Record<string, string>> {
  if (variables === undefined && parameters.length > 0) return { ok: false, reason: 'its values have no names' };
  const entries = Object.entries(variables ?? {});
  const wrong = entries.find(([, value]) => !['string', 'number', 'boolean'].includes(typeof value));
  if (wrong) return { ok: false, reason: `variables.${wrong[0]} is not a text, number or truth value` };
  return { ok: true, value: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])) };
}

/** Components (guide 000, section 4 shows the body; header and buttons are written as Meta's API has them). */
export function componentParameters({ headerParameters = [], parameters = [], buttonValues }: Values): object[] {
  return [
    ...component('header', headerParameters),
    ...component('body', parameters),
    ...inOrder(buttonValues).map(({ index, kind, value }) => ({
      type: 'button',
      sub_type: kind === 'url' ? 'url' : 'quick_reply',
      index: String(index),
      parameters: [kind === 'url' ? { type: 'text', text: value } : { type: 'payload', payload: value }],
    })),
  ];
}

/** Everything of a template that the customer would see, or that the template's sender chose. */
export function valuesOf(content: Values): string[] {
  const { headerParameters = [], parameters = [], buttonValues = [], variables = {} } = content;
  const named = Object.values(variables).flatMap((value) => (typeof value === 'string' ? [value] : []));
  return [...headerParameters, ...parameters, ...buttonValues.map(({ value }) => value), ...named];
}

function component(type: 'header' | 'body', texts: readonly string[]): object[] {
  return texts.length === 0 ? [] : [{ type, parameters: texts.map((text) => ({ type: 'text', text })) }];
}

const inOrder = (values: readonly TemplateButtonValue[] = []): TemplateButtonValue[] =>
  [...values].sort((one, other) => one.index - other.index);
