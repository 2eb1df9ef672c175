import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../run-tool.ts';
import { namedTests, PAGES, problemOf, unproven } from './named-tests.ts';

const named = (...titles: string[]) => titles.map((title) => ({ file: 'libs/a.spec.ts', title }));
const report = (...tests: [group: string, title: string, status: string][]) => ({
  testResults: [
    {
      name: join(ROOT, 'libs/a.spec.ts'),
      assertionResults: tests.map(([group, title, status]) => ({ ancestorTitles: [group], title, status })),
    },
  ],
});

describe.each(PAGES)('%s', (page) => {
  const tests = namedTests(readFileSync(join(ROOT, page), 'utf8'));

  it('names only tests that exist', () => {
    expect(tests.map(problemOf).filter(Boolean)).toEqual([]);
  });

  it('names tests at all', () => {
    expect(tests).not.toHaveLength(0);
  });
});

describe('the check of named tests', () => {
  it('notices a file and a title that are not there', () => {
    const lines = [
      '- `libs/none.spec.ts` – `anything`',
      '- `tools/test/named-tests.spec.ts` – `notices a file and a title that`',
      '- `tools/test/named-tests.spec.ts` – `notices a file and a title that are not there`',
    ];
    expect(namedTests(lines.join('\n')).map(problemOf)).toEqual([
      'libs/none.spec.ts does not exist',
      'tools/test/named-tests.spec.ts has no test "notices a file and a title that"',
      undefined,
    ]);
  });

  it('is content with a test or a group that passed, of several of a table with all of them', () => {
    const run = report(
      ['a group', 'one', 'passed'],
      ['a group', 'of 3 $x', 'passed'],
      ['a group', 'of 4 $x', 'passed'],
    );
    expect(unproven(named('one', 'a group', 'of %s $$x', 'of $count $$x'), [run])).toEqual([]);
  });

  it('notices what did not run, was skipped or failed', () => {
    const run = report(['a group', 'one', 'pending'], ['a group', 'of 3', 'passed'], ['a group', 'of 4', 'failed']);
    expect(unproven(named('two', 'one', 'of %s', 'on'), [run])).toEqual([
      'libs/a.spec.ts – "two" did not run',
      'libs/a.spec.ts – "one" pending',
      'libs/a.spec.ts – "of %s" failed',
      'libs/a.spec.ts – "on" did not run',
    ]);
    expect(unproven(named('one'), [])).toEqual(['libs/a.spec.ts – "one" did not run']);
  });
});
