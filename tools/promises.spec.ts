import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { namedTests, type NamedTest } from './test/named-tests.ts';

const ROOT = join(import.meta.dirname, '..');
const PROMISES = 10;

/** The tests that stand under each promise of a page. */
function testsOfPromises(page: string): Map<number, NamedTest[]> {
  const parts = page.split(/^## (?=\d+\. )/m).slice(1);
  return new Map(parts.map((part) => [Number.parseInt(part, 10), namedTests(part)]));
}

describe('the page of promises', () => {
  const page = readFileSync(join(ROOT, 'docs', 'promises.md'), 'utf8');

  it('names a test for each of the ten promises', () => {
    const promises = testsOfPromises(page);
    expect([...promises.keys()]).toEqual(Array.from({ length: PROMISES }, (_, index) => index + 1));
    for (const tests of promises.values()) expect(tests).not.toHaveLength(0);
  });

  it('has no list entry that is not read as a named test', () => {
    const entries = page.split('\n').filter((line) => line.startsWith('- '));
    expect(entries.filter((entry) => namedTests(entry).length !== 1)).toEqual([]);
  });
});
