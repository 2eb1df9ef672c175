import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.ts';

const NAMES = ['kill', 'flush'];

describe('the command line of the fault runs', () => {
  it('takes a seed, rows, a short run and a file', () => {
    const args = ['--seed', '7', '--only', 'kill', '--only', 'flush', '--short', '--json', '/tmp/rows.json'];
    expect(readOptions(args, NAMES)).toEqual({ seed: 7, only: NAMES, short: true, json: '/tmp/rows.json' });
  });

  it('makes up a seed when none is given', () => {
    expect(readOptions([], NAMES)).toEqual({ seed: expect.any(Number), only: [], short: false, json: undefined });
  });

  it.each([
    [['--seed', '-1'], /--seed/],
    [['--seed', 'x'], /--seed x: it must be a whole number/],
    [['--only', 'fire'], /--only fire: there is no such row; there are kill, flush/],
    [['--json', '/nowhere/rows.json'], /--json/],
    [['--fast'], /--fast/],
  ])('refuses %j with the reason', (args, reason) => {
    expect(() => readOptions(args, NAMES)).toThrow(reason);
  });
});
