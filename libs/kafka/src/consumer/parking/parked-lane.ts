import { Fifo } from '../fifo.ts';
import type { LaneRecord } from '../lane-record.ts';
import { LaneQueue } from '../lane-queue.ts';
import type { Place } from '../watermark.ts';

/** What of one input of a lane is on its parked topic. */
export class ParkedInput {
  /** Unfinished copies that are not in memory, in order. */
  readonly places = new Fifo<Place>();
  /** Highest offset, on the input's own topic, whose copy was found on the parked topic. */
  through = -1;
  /** Highest offset whose copy was acknowledged to this process; found a moment later. */
  written = -1;
  /** Unfinished copies in memory. */
  loaded = 0;

  constructor(
    readonly topic: string,
    readonly priority: number,
  ) {}

  /** Copies that are unfinished, or written and not found yet. */
  get isEmpty(): boolean {
    return this.places.length === 0 && this.loaded === 0 && this.written <= this.through;
  }
}

/**
 * aside: nothing of it waits to be taken in; asleep: until a moment; outside: stands in line; inside: something of it is, or is
 * about to be, in memory.
 */
export type ParkedStanding = 'aside' | 'asleep' | 'outside' | 'inside';

/** The line of lanes whose copies have begun to run: they need not wait for others. */
export const FLOWING = '';

/** A lane of which something is on the parked topic. Its own queue holds only what may run: copies, in order. */
export class ParkedLane {
  standing: ParkedStanding = 'aside';
  /** The line it stands in, or whose slot it holds inside. */
  line: string;
  /** Records of the inputs themselves, which must not run before the copies. */
  readonly behind = new LaneQueue<LaneRecord>();
  /** The record whose copy is being written, or was written last. */
  writing: LaneRecord | undefined = undefined;
  /** Something of it is known to be on the topic, or was. */
  hasBegun = false;
  isMoving = false;
  isLoading = false;
  /** The first record behind cannot be moved: it stays, and so does all after it. */
  isStuck = false;
  /** How many copies are taken in next. */
  window = 1;
  /** What the first record has used up, since the record itself leaves memory. */
  attempt = 1;
  waits = 0;
  readonly inputs = new Map<string, ParkedInput>();

  /** @param cause why it waited when it was parked */
  constructor(readonly cause: string) {
    this.line = cause;
  }

  input(topic: string, priority: number): ParkedInput {
    let input = this.inputs.get(topic);
    if (!input) this.inputs.set(topic, (input = new ParkedInput(topic, priority)));
    return input;
  }

  get isEmpty(): boolean {
    for (const input of this.inputs.values()) if (!input.isEmpty) return false;
    return true;
  }

  /** A record of this priority must not pass what is parked. */
  holdsBack(priority: number): boolean {
    for (const input of this.inputs.values()) if (input.priority <= priority) return true;
    return false;
  }

  /** The input whose copies come next: of the highest priority, and among those the one that was parked first. */
  next(): ParkedInput | undefined {
    let best: ParkedInput | undefined;
    for (const input of this.inputs.values()) {
      if (input.places.length > 0 && (!best || isBefore(input, best))) best = input;
    }
    return best;
  }
}

function isBefore(a: ParkedInput, b: ParkedInput): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  return (a.places.first?.writtenAt ?? 0) < (b.places.first?.writtenAt ?? 0);
}
