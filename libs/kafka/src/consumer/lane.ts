import { LaneQueue } from './lane-queue.ts';
import type { LaneRecord } from './lane-record.ts';
import type { ParkedLane } from './parking/parked-lane.ts';

/** What a lane needs to know of the partition it belongs to. */
export interface LaneOwner {
  readonly partition: number;
  readonly fence: string;
  readonly lanes: Map<string, Lane>;
  /** Ready lanes that wait for the partition to be admitted. */
  held: Lane[];
  admitted: boolean;
  closed: boolean;
}

/** Why and until when a lane waits. */
export interface LaneWait {
  /** Lanes with the same cause wait for the same thing. Undefined: this wait never parks the lane. */
  readonly cause: string | undefined;
  /** A moment of Date.now(), or a promise. */
  readonly until: number | Promise<unknown>;
  readonly giveUp?: (() => void) | undefined;
}

/** ready: in the queue for a worker; running: in a handler; waiting: blocked or backing off, holding no worker. */
export type LaneState = 'ready' | 'running' | 'waiting';

/** The queue of one key: first in, first out, at most one in work. */
export class Lane {
  state: LaneState = 'waiting';
  /** Bumped at every change of state, so that a wake-up for an earlier wait does nothing. */
  turn = 0;
  readonly queue = new LaneQueue<LaneRecord>();
  /** Set while it waits for something; not while it merely has nothing to do. */
  wait: LaneWait | undefined = undefined;
  /** The handler call in work. */
  attemptInWork: Promise<void> | undefined = undefined;
  /** Set while records of this key are on the parked topic. */
  parked: ParkedLane | undefined = undefined;
  /** A record of it cannot be moved, so it is not parked again. */
  unparkable = false;

  constructor(
    readonly key: string,
    readonly work: LaneOwner,
  ) {}
}
