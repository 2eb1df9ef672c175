import type { TemplateDefinition } from '@heliograph/contracts';
import type { TemplateFile, TemplateParts } from './file/template-file.ts';

const VERSIONED = /^(.+)_v([2-9]|[1-9]\d{1,3})$/;

/** What the provider calls a version: names there are never used again while reviewers still know them. */
export const providerNameOf = (name: string, version: number): string => (version === 1 ? name : `${name}_v${version}`);

/** The other way round; what ends in `_v1` or `_v0` is no version of ours, and keeps its whole name. */
export function nameAndVersionOf(providerName: string): { name: string; version: number } {
  const match = VERSIONED.exec(providerName);
  return match ? { name: match[1]!, version: Number(match[2]) } : { name: providerName, version: 1 };
}

/** The desired state that applying a file for an account asks for. */
export function definitionOf(
  file: TemplateFile,
  { tenant, account }: { readonly tenant: string; readonly account: string },
  appliedAt: string,
): TemplateDefinition {
  const { name, version } = file;
  return { tenant, account, ...partsOf(file), providerName: providerNameOf(name, version), appliedAt };
}

/** Whether applying one over the other would change nothing; when they were applied, and whether retired, is not looked at. */
export function sameDefinition(a: TemplateDefinition, b: TemplateDefinition): boolean {
  const said = (of: TemplateDefinition) => JSON.stringify([of.tenant, of.account, of.providerName, partsOf(of)]);
  return said(a) === said(b);
}

/** Every field in one order, and none of those that are absent: as it comes back from a topic. */
function partsOf(of: TemplateParts): TemplateParts {
  return {
    name: of.name,
    version: of.version,
    channel: of.channel,
    ...(of.category !== undefined && { category: of.category }),
    variables: of.variables.map(({ name, type, max, sample }) => ({ name, type, max, sample })),
    languages: of.languages.map(({ language, header, subject, body, footer, buttons }) => ({
      language,
      ...(header && { header: textOf(header) }),
      ...(subject && { subject: textOf(subject) }),
      body: textOf(body),
      ...(footer !== undefined && { footer }),
      ...(buttons !== undefined && buttons.length > 0 && { buttons: buttons.map(buttonOf) }),
    })),
    fallbacks: of.fallbacks.map(({ template, channel, sender }) => ({
      template,
      ...(channel !== undefined && { channel }),
      ...(sender !== undefined && { sender }),
    })),
    emoji: of.emoji,
  };
}

type Language = TemplateParts['languages'][number];

const textOf = ({ text, variables }: Language['body']) => ({ text, variables: [...variables] });

const buttonOf = ({ kind, title, payload, url, variable, phone, code }: NonNullable<Language['buttons']>[number]) => ({
  kind,
  title,
  ...(payload !== undefined && { payload }),
  ...(url !== undefined && { url }),
  ...(variable !== undefined && { variable }),
  ...(phone !== undefined && { phone }),
  ...(code !== undefined && { code }),
});
