import type { CloudEvent } from '@heliograph/contracts';
import type { Delivery } from '../delivery.ts';
import type { SourceRecord } from './record-source.ts';
import type { Tracked } from './watermark.ts';

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

/** A record waiting in its lane, or in work. The handler sees it as its `Delivery`. */
export class LaneRecord implements Tracked, Delivery {
  finished = false;
  attempt = 1;
  /** Waits in a row for a dependency, for the back-off; they count against nothing. */
  waits = 0;
  memo?: unknown;
  event!: CloudEvent;

  constructor(
    readonly source: SourceRecord,
    private readonly work: LaneOwner,
    readonly origin: string,
  ) {}

  get topic(): string {
    return this.source.topic;
  }
  get partition(): number {
    return this.source.partition;
  }
  get offset(): number {
    return this.source.offset;
  }
  get fence(): string {
    return this.work.fence;
  }
  get value(): Buffer {
    return this.source.value ?? Buffer.alloc(0);
  }
}

/**
 * ready: in the queue for a worker; running: in a handler; waiting: blocked or
 * backing off, holding no worker.
 */
export type LaneState = 'ready' | 'running' | 'waiting';

/** The queue of one key: first in, first out, at most one in work. */
export class Lane {
  state: LaneState = 'waiting';
  /** Bumped at every change of state, so that a wake-up for an earlier wait does nothing. */
  turn = 0;
  readonly queue: LaneRecord[] = [];
  /** The handler call in work, or the last one. */
  attemptInWork?: Promise<void>;

  constructor(
    readonly key: string,
    readonly work: LaneOwner,
  ) {}
}
