import { readFileSync } from 'node:fs';

/** What became of the tests of a run. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of Jest's JSON report that is counted. */
interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
}

/**
 * Reads Jest's JSON report. A suite that could not be run at all counts as one failed test, since Jest cannot know how
 * many it holds; a Jest that ended badly without saying what failed counts as one, too.
 */
export function readCounts(reportFile: string, exitCode: number): Counts {
  let report: JestReport;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export function addCounts(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The last line of a test run. */
export function countLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A run is good when something ran and nothing failed: a pattern that matches no test must not look like success. */
export function isGood({ passed, failed }: Counts): boolean {
  return failed === 0 && passed > 0;
}
