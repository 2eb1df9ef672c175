import type { TemplateDefinition, TemplateLanguage, TemplateText, TemplateVariable } from '@heliograph/contracts';
import { nameAndVersionOf } from './definition.ts';
import { lengthOf } from './limits.ts';
import { isPlaceholderNumber, namesIn, placeholdersIn } from './placeholders.ts';

/** A template as its provider lists it. */
export interface ListedTemplate {
  /** At the provider. */
  readonly name: string;
  readonly channel: TemplateDefinition['channel'];
  readonly category?: TemplateDefinition['category'];
  /** Texts may name no variables: then names are invented. */
  readonly languages: readonly TemplateLanguage[];
  /** Of variables that the provider knows samples of. */
  readonly samples?: Readonly<Record<string, string>>;
}

/** Names that {@link importedDefinition} invents. */
export const INVENTED_NAME = /^(?:header|subject|body|button)_\d+$/;
const INVENTED_SAMPLE = 'Sample';
const MAX = 1024;

/**
 * What a template would be as a file. Providers number placeholders and do not know what they stand for, so names, types and samples
 * of variables are invented where nothing is known of them: `header_1`, `body_2`, `button_1`.
 */
export function importedDefinition(
  listed: ListedTemplate,
  { tenant, account }: { readonly tenant: string; readonly account: string },
  at: string,
): TemplateDefinition {
  const { name, version } = nameAndVersionOf(listed.name);
  const { channel, category } = listed;
  const languages = listed.languages.map((language) => named(language, channel));
  return {
    tenant,
    account,
    name,
    version,
    providerName: listed.name,
    channel,
    ...(category && { category }),
    variables: variablesOf(languages, listed.samples ?? {}),
    languages,
    fallbacks: [],
    emoji: channel === 'sms' ? 'text' : 'keep',
    appliedAt: at,
  };
}

function named(language: TemplateLanguage, channel: ListedTemplate['channel']): TemplateLanguage {
  const text = (part: string, of: TemplateText) => ({ text: of.text, variables: namesOf(part, of, channel) });
  const { header, subject, body, buttons } = language;
  return {
    ...language,
    ...(header && { header: text('header', header) }),
    ...(subject && { subject: text('subject', subject) }),
    body: text('body', body),
    ...(buttons && {
      buttons: buttons.map((button, index) =>
        button.url?.endsWith('{{1}}') ? { ...button, variable: button.variable ?? `button_${index + 1}` } : button,
      ),
    }),
  };
}

function namesOf(part: string, { text, variables }: TemplateText, channel: ListedTemplate['channel']): string[] {
  if (channel !== 'whatsapp') return namesIn(text);
  const highest = Math.max(0, ...placeholdersIn(text).filter(isPlaceholderNumber).map(Number));
  return Array.from({ length: highest }, (_, index) => variables[index] ?? `${part}_${index + 1}`);
}

function variablesOf(
  languages: readonly TemplateLanguage[],
  samples: Readonly<Record<string, string>>,
): TemplateVariable[] {
  const names = languages.flatMap(({ header, subject, body, buttons = [] }) => [
    ...[header, subject, body].flatMap((text) => text?.variables ?? []),
    ...buttons.flatMap(({ variable }) => (variable === undefined ? [] : [variable])),
  ]);
  return [...new Set(names)].map((name) => {
    const sample = Object.hasOwn(samples, name) ? samples[name]! : INVENTED_SAMPLE;
    return { name, type: 'text', max: MAX, sample: lengthOf(sample) > MAX ? INVENTED_SAMPLE : sample };
  });
}
