import { suggestion, type TemplateFallback } from '@heliograph/contracts';
import type { TemplateFile, TemplateParts } from '../file/template-file.ts';
import type { TemplateProblem } from '../template-problem.ts';

type ByName = ReadonlyMap<string, TemplateParts>;

/**
 * Checks what no file shows alone: names that are taken twice, and fallbacks.
 *
 * @param applied templates that are in none of the files and stay as they are
 */
export function checkTemplates(
  files: readonly TemplateFile[],
  applied: readonly TemplateParts[] = [],
): TemplateProblem[] {
  const byName = new Map<string, TemplateParts>(applied.map((one) => [one.name, one]));
  const first = new Map<string, string>();
  const problems: TemplateProblem[] = [];
  for (const template of files) {
    const { name, file } = template;
    if (first.has(name))
      problems.push(problem(template, 'name', 'name-twice', `is that of ${first.get(name)} too: "${name}"`));
    else first.set(name, file);
    byName.set(name, template);
  }
  for (const template of files) {
    for (const [index, fallback] of template.fallbacks.entries()) {
      problems.push(...fallbackProblems(template, fallback, `fallbacks[${index}]`, byName));
    }
    const circle = circleFrom(template.name, byName);
    if (circle) {
      const reason = `lead back to the template itself: ${circle.join(' → ')}`;
      problems.push(problem(template, 'fallbacks', 'fallback-circle', reason));
    }
  }
  return problems;
}

function problem(
  { file, lines }: TemplateFile,
  place: string,
  rule: string,
  reason: string,
  severity: TemplateProblem['severity'] = 'error',
): TemplateProblem {
  const line = lines.get(place) ?? lines.get(place.replace(/\.[^.]*$/, ''));
  return { file, ...(line !== undefined && { line }), place, rule, reason, severity };
}

/** The fallback takes what was given for the template: the same variables, in the same language. */
function fallbackProblems(
  template: TemplateFile,
  { template: name, channel = template.channel }: TemplateFallback,
  at: string,
  byName: ByName,
): TemplateProblem[] {
  const place = `${at}.template`;
  const other = byName.get(name);
  if (!other) {
    const reason = `is "${name}", which is no template here${suggestion(name, byName.keys())}`;
    return [problem(template, place, 'fallback-unknown', reason)];
  }
  const found: TemplateProblem[] = [];
  const error = (rule: string, reason: string) => found.push(problem(template, place, rule, reason));
  if (other.channel !== channel) {
    error('fallback-channel', `is "${name}", which is for ${other.channel}: say channel and sender if that is meant`);
  }
  for (const variable of other.variables) {
    const own = template.variables.find((one) => one.name === variable.name);
    if (!own) {
      error('fallback-variables', `is "${name}", which wants "${variable.name}": this template has no such variable`);
    } else if (own.type !== variable.type) {
      error('fallback-variables', `is "${name}", whose "${variable.name}" is a ${variable.type}, here a ${own.type}`);
    } else if (own.max > variable.max) {
      const reason = `is "${name}", which takes ${variable.max} characters of "${variable.name}", ${own.max} here: longer values would be refused`;
      found.push(problem(template, place, 'fallback-length', reason, 'warning'));
    }
  }
  const missing = template.languages.map(({ language }) => language).filter((one) => !hasLanguage(other, one));
  if (missing.length > 0) error('fallback-language', `is "${name}", which is not there in ${missing.join(', ')}`);
  return found;
}

const hasLanguage = ({ languages }: TemplateParts, language: string): boolean =>
  languages.some((one) => one.language === language);

/** The way from a template along fallbacks back to itself; without recursion, for files may name each other a thousand deep. */
function circleFrom(name: string, byName: ByName): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { template } of byName.get(next)?.fallbacks ?? []) {
      if (template === name && next !== name) return wayTo(next, name, cameFrom);
      if (template === name || cameFrom.has(template)) continue;
      cameFrom.set(template, next);
      open.push(template);
    }
  }
  return undefined;
}

function wayTo(last: string, first: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [first];
  for (let at: string | undefined = last; at !== undefined && at !== first; at = cameFrom.get(at)) way.unshift(at);
  return [first, ...way];
}
