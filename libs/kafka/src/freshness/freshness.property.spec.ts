import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FreshnessWorld, type FreshnessVariant, type Stage } from '../spec-support/freshness-world.ts';
import { FreshnessRound, type FreshnessSource } from './freshness-round.ts';
import { PendingMoments } from './pending-moments.ts';

const AS_BUILT: FreshnessVariant = {
  round: (source) => new FreshnessRound(source),
  endedBelow: (watermark) => watermark.value ?? 0,
  together: (marks) => Math.min(...marks),
};

/** Asks for the ends first. */
class EndsFirst {
  private readonly pending = new PendingMoments<number>();
  constructor(private readonly source: FreshnessSource<number>) {}

  async look(): Promise<void> {
    const ends = await this.source.ends();
    const moment = await this.source.asOf();
    if (moment === undefined) return;
    for (const end of ends.values()) this.pending.note(moment, end);
  }

  reach(_partition: number, endedBelow: number): number | undefined {
    return this.pending.reach(endedBelow);
  }
}

const endsFirstOf = (wrong: Stage): FreshnessVariant => ({
  ...AS_BUILT,
  round: (source, stage) => (stage === wrong ? new EndsFirst(source) : new FreshnessRound(source)),
});

const WRONG: readonly (readonly [string, FreshnessVariant])[] = [
  ['the router asks for the end before the clock', endsFirstOf('router')],
  ['the registry asks for the end before the mark of the router', endsFirstOf('registry')],
  ['the dispatcher asks for the end before the mark of the registry', endsFirstOf('dispatcher')],
  [
    'the highest offset that was seen counts instead of the lowest unfinished',
    { ...AS_BUILT, endedBelow: ({ end }) => end },
  ],
  ['the mark of the partition that is furthest counts', { ...AS_BUILT, together: (marks) => Math.max(...marks) }],
];

/** More often what moves facts along than what replaces workers. */
const KINDS = fc.constantFrom(...[0, 1, 2, 3, 4, 5, 6, 8].flatMap((kind) => Array<number>(10).fill(kind)), 3, 4, 4, 7);
const STEPS = fc.array(fc.tuple(KINDS, fc.nat(999)), { minLength: 300, maxLength: 600, size: 'max' });

async function play(variant: FreshnessVariant, steps: readonly (readonly [number, number])[]): Promise<FreshnessWorld> {
  const world = new FreshnessWorld(variant);
  for (const [kind, choice] of steps) await world.step(kind, choice);
  return world;
}

describe('freshness marks, whatever waits, overtakes, is replaced or lost', () => {
  it('never call the view current as of a moment while something that was acknowledged before it does not show', async () => {
    let views = 0;
    const holds = fc.asyncProperty(STEPS, async (steps) => {
      const world = await play(AS_BUILT, steps);
      views += world.views;
      expect(world.problems).toEqual([]);
    });
    await fc.assert(holds, { numRuns: 300 });
    expect(views).toBeGreaterThan(100);
  }, 60_000);

  it.each(WRONG)(
    'would break that if %s: found',
    async (_, variant) => {
      const holds = fc.asyncProperty(STEPS, async (steps) => (await play(variant, steps)).problems.length === 0);
      const { failed } = await fc.check(holds, { numRuns: 20_000, endOnFailure: true });
      expect(failed).toBe(true);
    },
    60_000,
  );
});
