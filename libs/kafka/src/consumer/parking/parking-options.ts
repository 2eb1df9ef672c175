import type { InputLimits } from '../input-progress.ts';
import type { LaneRecord } from '../lane-record.ts';
import type { LaneScheduler } from '../lane-scheduler.ts';
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

/** The consumer that parks. */
export interface ParkingHost {
  readonly scheduler: LaneScheduler;
  readonly limits: InputLimits;
  /** Inputs in the order of their priority, which is 0 for all of them unless lanes are prioritised. */
  readonly inputs: readonly { readonly topic: string; readonly priority: number }[];
  /** A record of an input left memory: its copy is on the topic, by this process (`parked`) or from before (`repeat`). */
  readonly onMoved: (record: LaneRecord, as: 'parked' | 'repeat') => void;
  readonly event: (message: string, fields: Record<string, unknown>) => void;
}
