import { setTimeout as delay } from 'node:timers/promises';
import { RecordTooLarge } from '../../publisher/record-too-large.ts';
import { backOffMs } from '../back-off.ts';
import type { Lane } from '../lane.ts';
import type { LaneRecord } from '../lane-record.ts';
import { copyOf } from './parked-copy.ts';
import { FLOWING, type ParkedLane } from './parked-lane.ts';
import type { ParkedStore } from './parked-store.ts';

const RETRY = { firstMs: 100, maxMs: 5_000 };

export interface LaneMoverOptions {
  readonly store: ParkedStore;
  /** The partition is not ours, for now or for ever. */
  readonly isClosed: () => boolean;
  /** The copy of a record is on the topic; the record itself is finished. */
  readonly onMoved: (record: LaneRecord) => void;
  readonly onError: (error: unknown) => void;
  /** Nothing more is to be moved for now. */
  readonly onEnd: (lane: Lane) => void;
}

/** Moves what is behind the copies of a lane to the parked topic: one record at a time, so that no copy overtakes another. */
export class LaneMover {
  private readonly moves = new Set<Promise<void>>();

  constructor(private readonly options: LaneMoverOptions) {}

  /** Begins to move, unless that is under way or there is a reason to wait. */
  move(lane: Lane): void {
    const parked = lane.parked!;
    if (parked.isMoving || !this.nextOf(lane, parked)) return;
    parked.isMoving = true;
    const move = this.run(lane, parked).finally(() => this.moves.delete(move));
    this.moves.add(move);
  }

  /** Resolves when every write under way has ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.moves);
  }

  private async run(lane: Lane, parked: ParkedLane): Promise<void> {
    let failures = 0;
    for (let record = this.nextOf(lane, parked); record; record = this.nextOf(lane, parked)) {
      try {
        await this.write(record, parked);
        failures = 0;
      } catch (error) {
        this.options.onError(error);
        if (error instanceof RecordTooLarge) parked.isStuck = true;
        // Whether the copy was written is not known; another one of it is dropped.
        else await delay(backOffMs(RETRY, ++failures));
      }
    }
    parked.isMoving = false;
    this.options.onEnd(lane);
  }

  private async write(record: LaneRecord, parked: ParkedLane): Promise<void> {
    const { topic, offset, source, priority } = record;
    parked.writing = record;
    await this.options.store.append(topic, copyOf(source, parked.cause));
    parked.hasBegun = true;
    parked.input(topic, priority).written = offset;
    // It is gone from there already when its copy was found before the acknowledgement came.
    for (const moved of parked.behind.takeUpTo(topic, offset)) this.options.onMoved(moved);
  }

  private nextOf(lane: Lane, parked: ParkedLane): LaneRecord | undefined {
    if (this.options.isClosed() || parked.isStuck || lane.parked !== parked) return undefined;
    const flows = parked.line === FLOWING || (lane.queue.first !== undefined && lane.state !== 'waiting');
    // With every copy at its end the rest runs from memory.
    const hasEnded = parked.hasBegun && parked.isEmpty;
    return flows || hasEnded ? undefined : parked.behind.first;
  }
}
