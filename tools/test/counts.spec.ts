import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { addCounts, countLine, isGood, readCounts } from './counts.ts';

const folder = mkdtempSync(join(tmpdir(), 'counts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const report = (over: Record<string, number>): string => {
  const file = join(folder, 'report.json');
  const none = {
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
  };
  writeFileSync(file, JSON.stringify({ ...none, ...over }));
  return file;
};

describe('the count line', () => {
  it('sums what passed, failed and was skipped, to-dos among the skipped', () => {
    const a = readCounts(report({ numPassedTests: 5, numPendingTests: 1, numTodoTests: 2 }), 0);
    const b = readCounts(report({ numPassedTests: 2, numFailedTests: 1 }), 1);
    expect(countLine(addCounts(a, b))).toBe('7 passed, 1 failed, 3 skipped');
  });

  it('counts a suite that could not be loaded as failed', () => {
    expect(readCounts(report({ numPassedTests: 3, numRuntimeErrorTestSuites: 1 }), 1).failed).toBe(1);
  });

  it('counts a Jest that ended badly without naming a failure as failed', () => {
    expect(readCounts(report({ numPassedTests: 3 }), 1).failed).toBe(1);
    expect(readCounts(join(folder, 'none.json'), 0).failed).toBe(1);
  });

  it('is not good when no test ran', () => {
    expect(isGood(readCounts(report({}), 0))).toBe(false);
    expect(isGood(readCounts(report({ numPassedTests: 1 }), 0))).toBe(true);
  });
});
