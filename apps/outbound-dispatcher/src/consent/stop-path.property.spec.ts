import { FreshnessRound, type FreshnessSource } from '@heliograph/kafka';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AS_BUILT, StopPath, type StopVariant } from '../../test/simulation/stop-path.ts';

/** Asks for the ends before the moment. */
class EndsFirst extends FreshnessRound<number> {
  constructor(source: FreshnessSource<number>) {
    let ends: ReadonlyMap<number, number>;
    super({
      asOf: async () => ((ends = await source.ends()), source.asOf()),
      ends: async () => ends,
    });
  }
}

const WRONG: readonly (readonly [string, StopVariant])[] = [
  [
    'session-state asks for the end of its input before the marks of the router',
    { ...AS_BUILT, round: (source, stage) => new (stage === 'sessions' ? EndsFirst : FreshnessRound)(source) },
  ],
  [
    'the mark of the router’s partition that is furthest counts',
    { ...AS_BUILT, together: (marks) => Math.max(...marks) },
  ],
  ['the marks are not looked at', { ...AS_BUILT, mayGo: async ({ contact }, known) => !(await known(contact)).stop }],
];

/** A STOP is rare, messages and what moves marks along are not. */
const KINDS = fc.constantFrom(
  0,
  ...[1, 2, 3, 4, 5, 6].flatMap((kind) => Array<number>(kind === 3 ? 10 : 5).fill(kind)),
);
const STEPS = fc.array(fc.tuple(KINDS, fc.nat(999)), { minLength: 200, maxLength: 500, size: 'max' });

async function play(variant: StopVariant, steps: readonly (readonly [number, number])[]): Promise<StopPath> {
  const world = new StopPath(variant);
  for (const [kind, choice] of steps) await world.step(kind, choice);
  return world;
}

describe('from the acknowledged STOP on, whatever lags on its way', () => {
  it('no message of a campaign begins to that contact later than the limit', async () => {
    let gone = 0;
    const holds = fc.asyncProperty(STEPS, async (steps) => {
      const world = await play(AS_BUILT, steps);
      gone += world.gone;
      expect(world.problems).toEqual([]);
    });
    await fc.assert(holds, { numRuns: 300 });
    expect(gone).toBeGreaterThan(100);
  }, 60_000);

  it.each(WRONG)(
    'one would if %s: found',
    async (_, variant) => {
      const holds = fc.asyncProperty(STEPS, async (steps) => (await play(variant, steps)).problems.length === 0);
      const { failed } = await fc.check(holds, { numRuns: 20_000, endOnFailure: true });
      expect(failed).toBe(true);
    },
    60_000,
  );
});
