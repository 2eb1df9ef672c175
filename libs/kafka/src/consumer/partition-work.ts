import { InputProgress } from './input-progress.ts';
import { Lane, type LaneOwner } from './lane.ts';

/**
 * The work on one partition number across all co-partitioned inputs, for as long as this member keeps it. Lanes run only
 * while it is admitted; after it was closed nothing of it is committed any more, whatever still ends.
 */
export class PartitionWork implements LaneOwner {
  readonly inputs = new Map<string, InputProgress>();
  readonly lanes = new Map<string, Lane>();
  held: Lane[] = [];
  fence = '';
  admitted = false;
  admitting = false;
  closed = false;
  /** Set between an assignment and the admission under it: another member may have committed further meanwhile. */
  commitHeld = false;
  /** Successful heartbeats still to come before the gate is asked (again). */
  heartbeatsToWait = 1;
  /** Why the partition is not admitted, for readiness. */
  problem = 'waits for the first heartbeat';

  constructor(readonly partition: number) {}

  input(topic: string): InputProgress {
    let input = this.inputs.get(topic);
    if (!input) this.inputs.set(topic, (input = new InputProgress(topic)));
    return input;
  }

  lane(key: string): Lane {
    let lane = this.lanes.get(key);
    if (!lane) this.lanes.set(key, (lane = new Lane(key, this)));
    return lane;
  }

  suspend(reason: string, heartbeatsToWait: number): void {
    this.admitted = false;
    this.problem = reason;
    this.heartbeatsToWait = heartbeatsToWait;
  }
}
