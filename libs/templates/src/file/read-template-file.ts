import type { TemplateProblem } from '../template-problem.ts';
import type { TemplateFile } from './template-file.ts';

export type ReadTemplate =
  | { readonly ok: true; readonly template: TemplateFile; readonly warnings: TemplateProblem[] }
  | { readonly ok: false; readonly problems: TemplateProblem[] };

/**
 * Reads a template file and checks everything that can be said of it alone.
 *
 * @param file its path, for the problems
 * @returns all problems at once, warnings among them, in the order of the file
 */
export function readTemplateFile(text: string, file: string): ReadTemplate {
  return { ok: false, problems: [{ file, place: '', rule: 'yaml', reason: text, severity: 'error' }] };
}
