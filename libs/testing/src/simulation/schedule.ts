import { randomOf, type Random } from './random.ts';

/** At this step something else happens than what would come by itself. */
export interface Deviation {
  readonly step: number;
  /** From 0 to below 1: which of the things that could happen. */
  readonly pick: number;
}

/**
 * Decides at each step between what comes by itself (the oldest event, else time passes) and a deviation from it: another
 * event first, time passing although something is under way, a fault. A schedule is its deviations, by step, so that leaving
 * one out leaves the others where they were.
 */
export class Schedule {
  readonly taken: Deviation[] = [];
  private readonly replayed: ReadonlyMap<number, number> | undefined;
  private readonly random: Random;
  private readonly share: number;

  /** @param replay the deviations to repeat; random ones, determined by the seed, when absent */
  constructor(seed: number, replay?: readonly Deviation[]) {
    this.random = randomOf(seed);
    this.replayed = replay && new Map(replay.map(({ step, pick }) => [step, pick]));
    this.share = [0.05, 0.12, 0.25, 0.5][Math.floor(this.random() * 4)]!;
  }

  /** The pick of a deviation at this step; undefined: what comes by itself. */
  at(step: number): number | undefined {
    if (this.replayed) return this.replayed.get(step);
    if (this.random() >= this.share) return undefined;
    const pick = this.random();
    this.taken.push({ step, pick });
    return pick;
  }
}

/**
 * The fewest deviations that still fail: halves, quarters … are left out for as long as that goes on failing.
 *
 * @param fails runs a schedule
 * @param most how many schedules may be run for this
 */
export async function shrink(
  failing: readonly Deviation[],
  fails: (deviations: readonly Deviation[]) => Promise<boolean>,
  most = 400,
): Promise<readonly Deviation[]> {
  let best = failing;
  let left = most;
  for (let size = Math.ceil(best.length / 2); size >= 1 && best.length > 0;) {
    let removed = false;
    for (let at = 0; at < best.length && left > 0;) {
      left--;
      const without = [...best.slice(0, at), ...best.slice(at + size)];
      if (await fails(without)) {
        best = without;
        removed = true;
      } else at += size;
    }
    if (left === 0) return best;
    if (size > 1) size = Math.ceil(size / 2);
    else if (!removed) return best;
  }
  return best;
}
