import {
  type FieldProblem,
  languageOf,
  type MessageContent,
  type SanitisedValue,
  suggestion,
  type TemplateDefinition,
  type TemplateLanguage,
  type TemplateText,
} from '@heliograph/contracts';
import { LIMITS } from '../limits.ts';
import { fillNamed, fillNumbered } from '../placeholders.ts';
import { buttonValuesOf } from './button-values.ts';
import { readValues } from './read-values.ts';

export type RenderedTemplate =
  | {
      readonly ok: true;
      /** Of type `template`: `name` at the provider, `variables` and every list of values as they are to be sent. */
      readonly content: MessageContent;
      /** Variables whose value was changed to make it fit to be sent. */
      readonly sanitised: SanitisedValue[];
      /** As the customer sees it. */
      readonly text: string;
    }
  | { readonly ok: false; readonly problems: FieldProblem[] };

/**
 * Fills a template in: a value for each of its variables and for nothing else, of the right type, made fit to be sent. Values
 * stand in the order of the definition: header, then body, then buttons (guide 001, section 3).
 *
 * @returns problems with fields `language`, `variables` or `variables.<name>`; no problem shows a value
 */
export function renderTemplate(
  definition: TemplateDefinition,
  language: string,
  variables: Readonly<Record<string, unknown>>,
): RenderedTemplate {
  const translation = languageOf(definition, language);
  if (!translation) return { ok: false, problems: [languageProblem(definition, language)] };
  const { values, sanitised, problems } = readValues(definition, variables);
  if (problems.length > 0) return { ok: false, problems };
  const buttons = buttonValuesOf(translation.buttons ?? [], values);
  const text = textOf(definition, translation, values);
  const unfit = [...buttons.problems, ...textProblems(definition, text)];
  if (unfit.length > 0) return { ok: false, problems: unfit };
  const headerParameters = valuesOf(translation.header, values);
  const content: MessageContent = {
    type: 'template',
    name: definition.providerName,
    language,
    parameters: valuesOf(translation.body, values),
    variables: Object.fromEntries(values),
    ...(headerParameters.length > 0 && { headerParameters }),
    ...(buttons.values.length > 0 && { buttonValues: buttons.values }),
  };
  return { ok: true, content, sanitised, text };
}

export function languageProblem({ name, languages }: TemplateDefinition, language: string): FieldProblem {
  const known = languages.map((one) => one.language);
  const reason = `is none of template "${name}", which has ${known.join(', ')}${suggestion(language, known)}`;
  return { field: 'language', reason };
}

const valuesOf = (text: TemplateText | undefined, values: ReadonlyMap<string, string>): string[] =>
  text ? text.variables.map((name) => values.get(name)!) : [];

function textOf({ channel }: TemplateDefinition, of: TemplateLanguage, values: ReadonlyMap<string, string>): string {
  const filled = (text: TemplateText | undefined) =>
    text && (channel === 'whatsapp' ? fillNumbered(text.text, valuesOf(text, values)) : fillNamed(text.text, values));
  const buttons = of.buttons?.map(({ title }) => `[${title}]`).join(' ');
  const parts = [filled(of.header), filled(of.subject), filled(of.body), of.footer, buttons];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

/** The last look at what the customer would see: a placeholder must never be (guide 002, section 2 and edge case 3). */
function textProblems({ name, channel }: TemplateDefinition, text: string): FieldProblem[] {
  if (/\{\{.*?\}\}/s.test(text)) {
    return [{ field: 'variables', reason: `would leave a placeholder in the text of template "${name}"` }];
  }
  const { length } = text;
  if (channel !== 'sms' || length <= LIMITS.sms) return [];
  return [
    { field: 'variables', reason: `would make an SMS of ${length} characters; at most ${LIMITS.sms} can be sent` },
  ];
}
