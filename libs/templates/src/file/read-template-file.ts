import type { TemplateButton, TemplateFallback, TemplateText, TemplateVariable } from '@heliograph/contracts';
import { checkDraft } from '../check/check-draft.ts';
import { Problems } from '../check/problems.ts';
import type { TemplateProblem } from '../template-problem.ts';
import { draftOf, type Draft, type DraftText } from './draft.ts';
import { placesOf, readForm } from './read-form.ts';
import { TEMPLATE_SCHEMA } from './schema.ts';
import type { TemplateFile, TemplateParts } from './template-file.ts';
import { readYaml } from './yaml-tree.ts';

export type ReadTemplate =
  | { readonly ok: true; readonly template: TemplateFile; readonly warnings: TemplateProblem[] }
  | { readonly ok: false; readonly problems: TemplateProblem[] };

/**
 * Reads a template file and checks everything that can be said of it alone. Harmless, whatever the text is.
 *
 * @param file its path, for the problems
 * @returns all problems at once, warnings among them, in the order of the file
 */
export function readTemplateFile(text: string, file: string): ReadTemplate {
  const yaml = readYaml(text);
  const places = yaml.tree ? placesOf(yaml.tree) : new Map<string, number>();
  const problems = new Problems(places);
  for (const { at, reason } of yaml.problems) problems.error('', 'yaml', reason, at);
  if (yaml.tree) {
    const form = readForm(yaml.tree, TEMPLATE_SCHEMA, '', problems);
    const draft = draftOf(form ?? {});
    if (form !== undefined) checkDraft(draft, problems);
    if (!problems.hasErrors) {
      const lines = new Map([...places].map(([place, at]) => [place, yaml.lineOf(at)]));
      const template = { ...partsOf(draft), file, lines };
      return { ok: true, template, warnings: problems.told(file, yaml.lineOf) };
    }
  }
  return { ok: false, problems: problems.told(file, yaml.lineOf) };
}

/** @param draft without errors: nothing of it is missing */
function partsOf(draft: Draft): TemplateParts {
  return {
    name: draft.name!,
    version: draft.version,
    channel: draft.channel!,
    ...(draft.category && { category: draft.category }),
    variables: draft.variables.map(({ place: _, ...variable }) => variable as TemplateVariable),
    languages: draft.languages.map(({ language, texts, footer, buttons }) => ({
      language,
      ...(texts.header && { header: textOf(texts.header) }),
      ...(texts.subject && { subject: textOf(texts.subject) }),
      body: textOf(texts.body!),
      ...(footer !== undefined && { footer }),
      ...(buttons && { buttons: buttons.map(({ place: _, ...button }) => button as TemplateButton) }),
    })),
    fallbacks: draft.fallbacks.map(({ fallback }) => fallback as TemplateFallback),
    emoji: draft.emoji,
  };
}

const textOf = ({ text, variables }: DraftText): TemplateText => ({ text: text!, variables: [...variables] });
