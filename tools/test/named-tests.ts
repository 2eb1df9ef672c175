import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../run-tool.ts';

/** A test, or a group of tests, that a page of `docs/` names as the proof of something. */
export interface NamedTest {
  /** From the root of the repository. */
  readonly file: string;
  /** As it stands in the file, placeholders of tables (`%s`, `$name`) included. */
  readonly title: string;
}

/** Pages whose named tests must exist, have run and have passed in every full run. */
export const PAGES = ['docs/promises.md', 'docs/guides.md'];

/** Every `file` – `title` pair of a page. */
export function namedTests(page: string): NamedTest[] {
  return [...page.matchAll(/`([^`]+\.spec\.ts)` – `([^`]+)`/g)].map(([, file = '', title = '']) => ({
    file,
    title: title.replaceAll('\\|', '|'),
  }));
}

/** What is wrong with a named test; undefined when the file has a test, or a group of tests, of this title. */
export function problemOf({ file, title }: NamedTest): string | undefined {
  const path = join(ROOT, file);
  if (!existsSync(path)) return `${file} does not exist`;
  const isTitled = new RegExp(`\\(\\s*(["'\`])${escaped(title)}\\1`).test(readFileSync(path, 'utf8'));
  return isTitled ? undefined : `${file} has no test "${title}"`;
}

interface Assertion {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
}

/** The part of Jest's JSON report that tells of single tests. */
export interface TestReport {
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly Assertion[] }[];
}

/** What became of the named tests in a full run: one sentence for each that did not run, or did not pass. */
export function unproven(named: readonly NamedTest[], reports: readonly TestReport[]): string[] {
  const byFile = new Map<string, Assertion[]>();
  for (const { name, assertionResults } of reports.flatMap(({ testResults }) => testResults)) {
    const file = relative(ROOT, name);
    byFile.set(file, [...(byFile.get(file) ?? []), ...assertionResults]);
  }
  return named.flatMap(({ file, title }) => {
    const isNamed = new RegExp(`^${patternOf(title)}$`, 's');
    const of = (byFile.get(file) ?? []).filter(({ ancestorTitles, title: own }) =>
      [...ancestorTitles, own].some((one) => isNamed.test(one)),
    );
    if (of.length === 0) return [`${file} – "${title}" did not run`];
    const bad = of.find(({ status }) => status !== 'passed');
    return bad ? [`${file} – "${title}" ${bad.status}`] : [];
  });
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Jest writes a value of the table where the title has `%s` or `$name`. */
const patternOf = (title: string): string =>
  escaped(title)
    .replace(/%[a-zA-Z#]/g, '.*')
    .replace(/\\\$[A-Za-z_][\w.\\]*/g, '.*');
