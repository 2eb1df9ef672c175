import type { ParkedStore } from './parked-store.ts';

export interface ParkingOptions {
  readonly store: ParkedStore;
  /** Milliseconds the first record of a lane must have waited before the lane is parked; 5,000 when absent. */
  readonly afterMs?: number | undefined;
  /** Most lanes per partition that wait for the same thing with their first copy in memory; 128 when absent. */
  readonly perLine?: number | undefined;
  /** Milliseconds between two looks at what fills the limits; 1,000 when absent. */
  readonly everyMs?: number | undefined;
}
