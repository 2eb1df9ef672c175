import { checkTemplates, readTemplateFile, type TemplateProblem } from '@heliograph/templates';
import { RegistryClient } from './client.ts';
import { DEFAULT_FOLDER, readFolder, type TextFile } from './files.ts';
import type { Options } from './options.ts';
import { count, paint, type Colour } from './paint.ts';

/** As the API gives it. */
export interface PlanAnswer {
  readonly account: string;
  readonly revision: string;
  readonly applicable: boolean;
  readonly problems: readonly TemplateProblem[];
  readonly lines: readonly PlanLine[];
  readonly counts: Readonly<Record<string, number>>;
}

export interface PlanLine {
  readonly name: string;
  readonly version: number;
  readonly language: string;
  readonly action: string;
  readonly isError: boolean;
  readonly detail?: string;
  readonly status?: string;
}

const LOOKS: Readonly<Record<string, readonly [mark: string, colour: Colour]>> = {
  create: ['+', 'green'],
  'new-version': ['+', 'green'],
  adopt: ['+', 'green'],
  restore: ['+', 'green'],
  update: ['~', 'yellow'],
  drifted: ['~', 'yellow'],
  retire: ['-', 'red'],
  keep: ['=', 'gray'],
  unchanged: ['=', 'gray'],
};

/** `plan`: true when it can be applied. */
export async function plan(options: Options): Promise<boolean> {
  const files = readFolder(options.target ?? DEFAULT_FOLDER);
  if (options.offline) return checkOffline(files, options);
  const answer = await askPlan(RegistryClient.open(options), files, options, false);
  printPlan(answer, options);
  return answer.applicable;
}

/** `diff`: true when the provider and the registry have what the files say. */
export async function diff(options: Options): Promise<boolean> {
  const files = readFolder(options.target ?? DEFAULT_FOLDER);
  const answer = await askPlan(RegistryClient.open(options), files, options, true);
  printPlan(answer, options);
  return answer.applicable && Object.keys(answer.counts).every((action) => action === 'unchanged' || action === 'keep');
}

/** @throws Refused */
export async function askPlan(
  client: RegistryClient,
  files: readonly TextFile[],
  { prune, account }: Options,
  compare: boolean,
): Promise<PlanAnswer> {
  const request = { files, prune, compare, ...(account !== undefined && { account }) };
  return (await client.call<PlanAnswer>('POST', '/plan', request)).body;
}

/** Problems first, then a line per template and language that changes, then one line that says it all. */
export function printPlan(answer: PlanAnswer, { json, target }: Options): void {
  if (json) return console.log(JSON.stringify(answer, null, 2));
  printProblems(answer.problems);
  const { unchanged = 0 } = answer.counts;
  const shown = answer.lines.filter(({ action }) => action !== 'unchanged');
  const width = Math.max(0, ...shown.map((line) => nameOf(line).length));
  for (const line of shown) console.log(lineOf(line, width));
  console.log(summaryOf(answer, unchanged, target ?? DEFAULT_FOLDER));
}

export function printProblems(problems: readonly TemplateProblem[]): void {
  for (const { file, line, rule, place, reason, severity } of problems) {
    const where = line === undefined ? file : `${file}:${line}`;
    const mark = severity === 'error' ? paint('red', rule) : paint('yellow', `warning ${rule}`);
    console.log(`${where}: ${mark}: ${place === '' ? reason : `${place} ${reason}`}`);
  }
}

const nameOf = ({ name, version, language }: PlanLine): string =>
  `${name}${version > 1 ? ` v${version}` : ''} ${language}`;

function lineOf(line: PlanLine, width: number): string {
  const [mark, colour] = LOOKS[line.action] ?? ['!', 'red'];
  const status = line.status === undefined ? '' : paint('gray', ` [${line.status}]`);
  const detail = line.detail === undefined ? '' : `  ${line.detail}`;
  return `${paint(colour, `${mark} ${nameOf(line).padEnd(width)}  ${line.action.padEnd(12)}`)}${status}${detail}`;
}

function summaryOf({ applicable, counts, problems, account }: PlanAnswer, unchanged: number, folder: string): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return paint('red', `${count(errors, 'error')} in ${folder}: nothing can be applied.`);
  const changes = Object.entries(counts).filter(([action]) => action !== 'unchanged' && action !== 'keep');
  const list = changes.map(([action, number]) => `${number} ${action}`).join(', ');
  if (!applicable) return paint('red', `Cannot be applied to ${account}: ${list}.`);
  if (changes.length === 0)
    return paint('green', `Nothing to do: ${count(unchanged, 'template language')} of ${account} as in ${folder}.`);
  return paint('bold', `${account}: ${list}${unchanged > 0 ? `, ${unchanged} unchanged` : ''}.`);
}

/** Checks the files alone: all that needs no running system. */
function checkOffline(files: readonly TextFile[], { json, target }: Options): boolean {
  const read = files.map(({ path, text }) => readTemplateFile(text, path));
  const templates = read.flatMap((one) => (one.ok ? one.template : []));
  const together = templates.length === files.length ? checkTemplates(templates) : [];
  const problems = [...read.flatMap((one) => (one.ok ? one.warnings : one.problems)), ...together];
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (json) console.log(JSON.stringify({ files: files.length, problems }, null, 2));
  else {
    printProblems(problems);
    const folder = target ?? DEFAULT_FOLDER;
    const warnings = problems.length - errors;
    const found = `${count(files.length, 'template')} in ${folder}: ${count(errors, 'error')}, ${count(warnings, 'warning')}.`;
    console.log(paint(errors > 0 ? 'red' : 'green', found));
  }
  return errors === 0;
}
