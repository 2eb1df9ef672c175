import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import config from '../../jest.config.mjs';
import { ROOT } from '../run-tool.ts';
import { namedTests, type TestReport } from '../test/named-tests.ts';
import { RULES, type SwitchedOff } from './rules.ts';

/** As many as CI has processors; each Jest takes one. */
const AT_ONCE = 2;

const folder = mkdtempSync(join(tmpdir(), 'rules-off-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the tests of rules in a Jest of its own, over sources in which one rule may be switched off. */
async function run(rules: readonly SwitchedOff[], off?: SwitchedOff): Promise<TestReport> {
  const name = join(folder, off ? String(RULES.indexOf(off)) : 'on');
  const [[pattern, [, options]]] = Object.entries(config.transform) as [[string, readonly [string, object]]];
  const transform = { [pattern]: [join(import.meta.dirname, 'transform.mjs'), { ...options, off }] };
  writeFileSync(`${name}.config.json`, JSON.stringify({ ...config, transform }));
  const files = rules.map(({ spec }) => spec);
  const titles = rules.map(({ title }) => title).join('|');
  const report = ['--json', '--outputFile', `${name}.json`];
  const args = ['--config', `${name}.config.json`, '--runInBand', ...report, '-t', titles, ...new Set(files)];
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: ROOT,
    stdio: 'ignore',
  });
  await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  return JSON.parse(readFileSync(`${name}.json`, 'utf8')) as TestReport;
}

/** What became of the test of a rule, row by row where it is a table. */
function outcomes({ testResults }: TestReport, { spec, title }: SwitchedOff): string[] {
  const own = testResults.filter(({ name }) => name === join(ROOT, spec));
  const tests = own.flatMap(({ assertionResults }) => assertionResults);
  return tests.filter((test) => test.title.includes(title)).map(({ status }) => status);
}

describe('a rule of the guides', () => {
  let on: TestReport;
  const off = new Map<SwitchedOff, TestReport>();

  beforeAll(async () => {
    on = await run(RULES);
    const left = [...RULES];
    const work = async () => {
      for (let rule = left.shift(); rule; rule = left.shift()) off.set(rule, await run([rule], rule));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }, 300_000);

  it.each(RULES)('passes its test, and fails it when it is switched off: $rule', (rule) => {
    expect(new Set(outcomes(on, rule))).toEqual(new Set(['passed']));
    expect(outcomes(off.get(rule)!, rule)).toContain('failed');
  });

  it.each(RULES)('stands once in its source: $rule', ({ file, find }) => {
    expect(readFileSync(join(ROOT, file), 'utf8').split(find)).toHaveLength(2);
  });

  it.each(RULES)('is in the table of the guides with that test: $rule', ({ spec, title }) => {
    const named = namedTests(readFileSync(join(ROOT, 'docs/guides.md'), 'utf8'));
    expect(named.filter((test) => test.file === spec && test.title.includes(title))).not.toHaveLength(0);
  });
});
