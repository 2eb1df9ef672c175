import { asAsked, assertHolds, explore, type Simulation } from '@heliograph/testing';
import { describe, expect, it } from '@jest/globals';
import { LaneWorld } from '../../test/simulation/lane-world.ts';
import type { Lane } from './lane.ts';
import { LaneScheduler } from './lane-scheduler.ts';
import { Watermark } from './watermark.ts';

const SCHEDULES = 1_000;
const build = (simulation: Simulation) => new LaneWorld(simulation);

/** Replaces a property of a prototype, and gives back how to undo it. */
function plant(prototype: object, name: string, wrong: PropertyDescriptor): () => void {
  const right = Object.getOwnPropertyDescriptor(prototype, name)!;
  Object.defineProperty(prototype, name, { ...right, ...wrong });
  return () => Object.defineProperty(prototype, name, right);
}

function commitHighest(): () => void {
  return plant(Watermark.prototype, 'value', {
    get(this: { highest: number }) {
      return this.highest < 0 ? undefined : this.highest + 1;
    },
  });
}

function retryBehindTheNext(): () => void {
  const right = (LaneScheduler.prototype as unknown as { wait: (...args: unknown[]) => void }).wait;
  return plant(LaneScheduler.prototype, 'wait', {
    value(this: unknown, lane: Lane, wait: { readonly until: unknown }) {
      if (typeof wait.until === 'number') lane.queue.add(lane.queue.shift()!);
      right.call(this, lane, wait);
    },
  });
}

describe('lanes, watermark, retries and dead letters under random crashes, freezes and rebalances', () => {
  it(`lose and swap nothing, over ${SCHEDULES} schedules`, async () => {
    assertHolds(await explore(build, asAsked(SCHEDULES)));
  }, 240_000);

  it.each([
    ['commit the highest finished offset instead of the lowest unfinished one', commitHighest, /^lost: /],
    ['put a record that is tried again behind the next one', retryBehindTheNext, /^swapped: /],
  ])(
    'are found when they %s',
    async (_, wrong, violation) => {
      const undo = wrong();
      try {
        const { failure } = await explore(build, { schedules: 300 });
        expect(failure?.violation).toMatch(violation);
      } finally {
        undo();
      }
    },
    120_000,
  );
});

describe('a failure that was found', () => {
  it('is told with its seed and the fewest deviations that show it, and comes again with them', async () => {
    const undo = retryBehindTheNext();
    try {
      const found = await explore(build, { seed: 4, schedules: 300 });
      expect(() => assertHolds(found)).toThrow(/HELIOGRAPH_SIMULATION_SEED=\d+ .*\nminimal schedule \(\d+ deviations/);
      const again = await explore(build, { seed: found.failure!.seed, schedules: 1 });
      expect(again.failure).toEqual(found.failure);
      expect(found.failure!.deviations.length).toBeLessThan(12);
    } finally {
      undo();
    }
  }, 120_000);
});
