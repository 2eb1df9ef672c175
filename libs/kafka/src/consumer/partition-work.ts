import { Lane, type LaneOwner } from './lane.ts';
import { Watermark } from './watermark.ts';

/** What is known of one input topic within a partition. */
export class InputProgress {
  readonly watermark = new Watermark();
  /** Unfinished records and their bytes in memory. */
  records = 0;
  bytes = 0;
  paused = false;
  /** Last offset the broker acknowledged as committed. */
  committed: number | undefined;
  endOffset = 0;

  get lag(): number {
    const next = this.watermark.value ?? this.committed;
    return next === undefined ? 0 : Math.max(0, this.endOffset - next);
  }
}

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
  since = Date.now();

  constructor(readonly partition: number) {}

  input(topic: string): InputProgress {
    let input = this.inputs.get(topic);
    if (!input) this.inputs.set(topic, (input = new InputProgress()));
    return input;
  }

  lane(key: string): Lane {
    let lane = this.lanes.get(key);
    if (!lane) this.lanes.set(key, (lane = new Lane(key, this)));
    return lane;
  }

  suspend(reason: string, heartbeatsToWait: number): void {
    if (this.admitted) this.since = Date.now();
    this.admitted = false;
    this.problem = reason;
    this.heartbeatsToWait = heartbeatsToWait;
  }
}
