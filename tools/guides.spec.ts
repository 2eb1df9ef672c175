import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './run-tool.ts';
import { namedTests } from './test/named-tests.ts';

const page = readFileSync(join(ROOT, 'docs', 'guides.md'), 'utf8');

/** The rows of the table under each guide's heading, without its head. */
const rowsOf = new Map(
  page.split(/^## (?=Guide)/m).map((part) => {
    const rows = part.split('\n').filter((line) => line.startsWith('|'));
    return [part.slice(0, part.indexOf(':')), rows.slice(2)];
  }),
);

describe('the page of the guides', () => {
  it.each(['Guide 000', 'Guide 001', 'Guide 002', 'Guide 003', 'Guide 004'])('has a table of %s', (guide) => {
    expect(rowsOf.get(guide)).not.toHaveLength(0);
  });

  it('names a test in every row, and has no entry that is not read as a named test', () => {
    const rows = [...rowsOf.values()].flat();
    const entries = rows.map((row) => row.split(' | ').slice(2).join(' | ').split('<br>'));
    const unread = entries.flat().filter((entry) => namedTests(entry).length !== 1);
    expect(unread).toEqual([]);
  });

  it('has every rule of a guide once', () => {
    for (const rows of rowsOf.values()) {
      const rules = rows.map((row) => row.split(' | ').slice(0, 2).join(' | '));
      expect(rules).toEqual([...new Set(rules)]);
    }
  });
});
