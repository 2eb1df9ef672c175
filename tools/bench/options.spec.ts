import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.ts';

const NAMES = ['ingress', 'services'] as const;

describe('the options of the benchmarks', () => {
  it('are all benchmarks at full length when nothing is said', () => {
    expect(readOptions([], NAMES)).toEqual({ only: NAMES, short: false, json: undefined });
  });

  it('choose some benchmarks, shorter runs and a file', () => {
    const file = join(tmpdir(), 'figures.json');
    const args = ['--only', 'services', '--short', '--json', file];
    expect(readOptions(args, NAMES)).toEqual({ only: ['services'], short: true, json: file });
  });

  it.each([
    ['an unknown benchmark', ['--only', 'memory'], 'ingress, services'],
    ['a file in a folder that is not there', ['--json', '/nowhere/at/all.json'], 'not writable'],
    ['an unknown option', ['--fast'], '--fast'],
  ])('with %s are refused before anything is measured', (_, args, reason) => {
    expect(() => readOptions(args, NAMES)).toThrow(reason);
  });
});
