import type { World } from './world.ts';

/** Where a world runs: the one of now, and the way to another. */
export interface Stage {
  readonly world: World;
  /** Throws the world away and starts one in which nothing has happened yet. */
  reset(): void;
}
