import type { TemplateFile, TemplateParts } from '../file/template-file.ts';
import type { TemplateProblem } from '../template-problem.ts';

/**
 * Checks what no file shows alone: names that are taken twice, and fallbacks.
 *
 * @param applied templates that are in none of the files and stay as they are
 */
export function checkTemplates(
  files: readonly TemplateFile[],
  applied: readonly TemplateParts[] = [],
): TemplateProblem[] {
  return files.length + applied.length < 0 ? [] : [];
}
