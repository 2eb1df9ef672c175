import { describe, expect, it } from '@jest/globals';
import { cleanRun } from './judge/clean-run.ts';
import { judge } from './judge/judge.ts';
import { isGood, rowOf, type RowParts } from './row.ts';
import { tableOf } from './table.ts';

const strike = (inFlight: number, at = 1_000, recoveredAt?: number) => ({ what: 'a fault', at, inFlight, recoveredAt });
const parts = (over: Partial<RowParts> = {}): RowParts => ({
  scenario: 'kill',
  tally: judge(cleanRun()),
  strikes: [strike(600, 1_000, 3_400), strike(500, 5_000, 6_000)],
  restarted: 0,
  began: 0,
  ended: 20_000,
  ...over,
});

describe('a row', () => {
  it('begins with what the JSON of a run must hold, in its order', () => {
    const row = rowOf(parts());
    expect(Object.keys(row).slice(0, 11)).toEqual([
      ...['scenario', 'in', 'done', 'skipped', 'dead', 'lost'],
      ...['repeatedSilent', 'repeatedMarked', 'swapped', 'throttled', 'recoverySeconds'],
    ]);
    expect(row).toMatchObject({ in: 24, done: 24, inFlightAtFault: 500, recoverySeconds: 2.4, faults: 2 });
    expect(isGood(row)).toBe(true);
  });

  it('does not count when one of its faults hit fewer than 500 in flight, or none struck', () => {
    const few = rowOf(parts({ strikes: [strike(600), strike(499)] }));
    expect(few.problem).toMatch(/does not count: only 499 were in flight/);
    expect([few, rowOf(parts({ strikes: [] }))].map(isGood)).toEqual([false, false]);
  });

  it('says how long the longest recovery took that no later fault prolonged', () => {
    const strikes = [strike(600, 1_000, 9_000), strike(600, 5_000, 8_000), strike(600, 9_500, 10_000)];
    expect(rowOf(parts({ strikes })).recoverySeconds).toBe(3);
  });

  it('that never recovered took until its end', () => {
    expect(rowOf(parts({ strikes: [strike(600)] })).recoverySeconds).toBe(19);
  });

  it('is not good when something is lost, or the row itself failed', () => {
    const lost = rowOf(parts({ tally: { ...judge(cleanRun()), lost: 1, findings: ['lost: command 7'] } }));
    const failed = rowOf(parts({ failure: new Error('it did not start') }));
    expect([lost, failed].map(isGood)).toEqual([false, false]);
    expect(tableOf([lost, failed])).toMatch(/^ {4}lost: command 7$[^]*^ {4}it did not start$/m);
  });
});
