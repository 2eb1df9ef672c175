import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import config from '../../jest.config.mjs';
import { ROOT } from '../run-tool.ts';
import { RULES, type SwitchedOff } from './rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'rules-off-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly passed: number;
  readonly failed: number;
}

/** Runs the test of a rule in a Jest of its own, over sources in which the rule is switched off (or not). */
async function run({ file, find, replace, spec, title }: SwitchedOff, isOff: boolean): Promise<Ended> {
  const name = join(folder, `${RULES.findIndex((rule) => rule.find === find)}-${String(isOff)}`);
  const [[pattern, [, options]]] = Object.entries(config.transform) as [[string, readonly [string, object]]];
  const off = { file, find: isOff ? find : '', replace: isOff ? replace : '' };
  const transform = { [pattern]: [join(import.meta.dirname, 'transform.mjs'), { ...options, off }] };
  writeFileSync(`${name}.config.json`, JSON.stringify({ ...config, transform }));
  const args = ['--config', `${name}.config.json`, '--json', '--outputFile', `${name}.json`, '-t', title, spec];
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: ROOT,
    stdio: 'ignore',
  });
  await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  const report = JSON.parse(readFileSync(`${name}.json`, 'utf8')) as Record<string, number>;
  return { passed: report.numPassedTests!, failed: report.numFailedTests! };
}

describe('a rule of the guides that is switched off', () => {
  it.each(RULES)('fails its test: $rule', async (rule) => {
    expect(readFileSync(join(ROOT, rule.file), 'utf8').split(rule.find)).toHaveLength(2);
    const on = await run(rule, false);
    expect(on).toEqual({ passed: expect.any(Number), failed: 0 });
    expect(on.passed).toBeGreaterThan(0);
    expect((await run(rule, true)).failed).toBeGreaterThan(0);
  });
});
