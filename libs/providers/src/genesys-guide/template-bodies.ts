import type { TemplateButton, TemplateLanguage, TemplateText, TemplateVariable } from '@heliograph/contracts';
import type { TemplateSubmission } from '../template-client.ts';
import type { Read } from './answers.ts';
import { writeTemplateName } from './template-names.ts';

/**
 * Guide 001, sections 1 and 4: components, each parameter with its type and a default that the provider checks the type by.
 * The body of guide 002, section 2 for channels other than WhatsApp.
 */
export function templateBody({ definition, language }: TemplateSubmission): Read<object> {
  const { channel, category, providerName, variables, languages } = definition;
  const components = languages.find((one) => one.language === language);
  if (!components) return { ok: false, reason: `language: the definition has no ${language}` };
  if (channel !== 'whatsapp') {
    const name = writeTemplateName(providerName, language);
    const { subject, body } = components;
    const lines = { ...(subject && { subject: subject.text }), body: body.text };
    return { ok: true, value: { name, type: channel, ...lines, status: 'PUBLISHED' } };
  }
  if (category === undefined) return { ok: false, reason: 'category: is missing' };
  const parts = whatsappComponents(components, new Map(variables.map((one) => [one.name, one])));
  return { ok: true, value: { name: providerName, language, category, components: parts } };
}

type Variables = ReadonlyMap<string, TemplateVariable>;

function whatsappComponents({ header, body, footer, buttons = [] }: TemplateLanguage, known: Variables): object[] {
  return [
    ...(header ? [{ type: 'HEADER', format: 'TEXT', ...withParameters(header, known) }] : []),
    { type: 'BODY', ...withParameters(body, known) },
    ...(footer === undefined ? [] : [{ type: 'FOOTER', text: footer }]),
    ...(buttons.length === 0 ? [] : [{ type: 'BUTTONS', buttons: buttons.map((one) => buttonBody(one, known)) }]),
  ];
}

function withParameters({ text, variables }: TemplateText, known: Variables): object {
  return { text, ...(variables.length > 0 && { parameters: variables.map((name) => parameterOf(name, known)) }) };
}

/** The guide shows TEXT and DATE; everything that is no date is a text to the provider. */
function parameterOf(name: string, known: Variables): object {
  const { type, sample } = known.get(name) ?? { type: 'text', sample: name };
  return type === 'date' ? { type: 'DATE', date: { default: sample } } : { type: 'TEXT', text: { default: sample } };
}

/** Section 4 shows REPLY; the other three are assumed to be written alike. */
function buttonBody(button: TemplateButton, known: Variables): object {
  const { kind, title, payload, url, variable, phone, code } = button;
  switch (kind) {
    case 'reply':
      return { type: 'REPLY', reply: { id: payload, title } };
    case 'url': {
      const parameters = variable === undefined ? [] : [parameterOf(variable, known)];
      return { type: 'URL', url: { title, url, ...(parameters.length > 0 && { parameters }) } };
    }
    case 'phone':
      return { type: 'PHONE_NUMBER', phone_number: { title, phone_number: `+${(phone ?? '').replace(/\D/g, '')}` } };
    case 'copy-code':
      return { type: 'COPY_CODE', copy_code: { title, code } };
  }
}
