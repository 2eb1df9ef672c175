import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
const PROMISES = 10;

interface NamedTest {
  promise: number;
  file: string;
  title: string;
}

/** Every `file` – `title` pair of a page, with the promise it stands under. */
function namedTests(page: string): NamedTest[] {
  const found: NamedTest[] = [];
  let promise = 0;
  for (const line of page.split('\n')) {
    promise = Number(/^## (\d+)\. /.exec(line)?.[1] ?? promise);
    for (const [, file = '', title = ''] of line.matchAll(/`([^`]+\.spec\.ts)` – `([^`]+)`/g)) {
      found.push({ promise, file, title });
    }
  }
  return found;
}

/** What is wrong with a named test; undefined when there is a test, or a group of tests, of this title in the file. */
function problemOf({ file, title }: NamedTest): string | undefined {
  const path = join(ROOT, file);
  if (!existsSync(path)) return `${file} does not exist`;
  const quoted = title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const isTitled = new RegExp(`\\(\\s*(["'\`])${quoted}\\1`).test(readFileSync(path, 'utf8'));
  return isTitled ? undefined : `${file} has no test "${title}"`;
}

describe('the page of promises', () => {
  const page = readFileSync(join(ROOT, 'docs', 'promises.md'), 'utf8');
  const named = namedTests(page);

  it('names only tests that exist', () => {
    expect(named.map(problemOf).filter(Boolean)).toEqual([]);
  });

  it('names a test for each of the ten promises', () => {
    const promises = Array.from({ length: PROMISES }, (_, index) => index + 1);
    expect([...new Set(named.map(({ promise }) => promise))]).toEqual(promises);
  });

  it('has no list entry that is not read as a named test', () => {
    const entries = page.split('\n').filter((line) => line.startsWith('- '));
    expect(entries.filter((entry) => namedTests(entry).length !== 1)).toEqual([]);
  });
});

describe('this check', () => {
  it('notices a file and a title that are not there', () => {
    const lines = [
      '## 3. A promise',
      '- `libs/none.spec.ts` – `anything`',
      '- `tools/promises.spec.ts` – `notices a file and a title that`',
      '- `tools/promises.spec.ts` – `notices a file and a title that are not there`',
    ];
    const tests = namedTests(lines.join('\n'));
    expect(tests.map(({ promise }) => promise)).toEqual([3, 3, 3]);
    expect(tests.map(problemOf)).toEqual([
      'libs/none.spec.ts does not exist',
      'tools/promises.spec.ts has no test "notices a file and a title that"',
      undefined,
    ]);
  });
});
