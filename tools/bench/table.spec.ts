import { describe, expect, it } from '@jest/globals';
import { rowOf } from './row.ts';
import { tableOf } from './table.ts';

describe('a row', () => {
  it('compares the median with that of the floor in the same run', () => {
    expect(rowOf('requests', '1/s', [900, 800, 1000], [1000, 1300, 1200])).toEqual({
      name: 'requests',
      unit: '1/s',
      median: 900,
      min: 800,
      max: 1000,
      floor: 1200,
      ratio: 0.75,
    });
  });

  it('without a floor has neither floor nor ratio', () => {
    expect(rowOf('start', 'ms', [1, 2, 3])).toMatchObject({ floor: null, ratio: null });
  });
});

describe('the table', () => {
  it('aligns its columns and marks what has no floor', () => {
    const rows = [rowOf('requests', '1/s', [12345.6], [20000]), rowOf('p99 of a longer name', 'ms', [3.456])];
    expect(tableOf(rows)).toBe(
      [
        'name                  unit  median     min     max   floor  ratio',
        'requests              1/s   12,346  12,346  12,346  20,000   0.62',
        'p99 of a longer name  ms      3.46    3.46    3.46       -      -',
      ].join('\n'),
    );
  });
});
