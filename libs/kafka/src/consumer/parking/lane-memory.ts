import type { Lane } from '../lane.ts';
import type { LaneRecord } from '../lane-record.ts';
import type { LaneScheduler } from '../lane-scheduler.ts';

/** Takes records of parked lanes out of memory: copies are on the topic, all others go behind them. */
export class LaneMemory {
  constructor(private readonly scheduler: LaneScheduler) {}

  /** Ends the wait of a lane and takes everything out of its queue; what its first record has used up is remembered. */
  empty(lane: Lane): void {
    const parked = lane.parked!;
    const { first } = lane.queue;
    if (first) {
      parked.attempt = first.attempt;
      parked.waits = first.waits;
    }
    this.scheduler.withdraw(lane);
    this.putBehind(lane, 0);
  }

  /** Puts everything behind the first `kept` records behind the copies. */
  putBehind(lane: Lane, kept: 0 | 1): void {
    for (const record of this.unload(lane, lane.queue.takeAfter(kept))) {
      lane.parked!.input(record.topic, record.priority);
      lane.parked!.behind.add(record);
    }
  }

  /** Lets go of the copies behind the first record. */
  keepFirst(lane: Lane): void {
    for (const record of this.unload(lane, lane.queue.takeAfter(1))) lane.queue.add(record, true);
  }

  /** A copy is in memory again, and runs in its turn. */
  load(lane: Lane, record: LaneRecord): void {
    const parked = lane.parked!;
    if (!lane.queue.first) {
      record.attempt = parked.attempt;
      record.waits = parked.waits;
      parked.attempt = 1;
      parked.waits = 0;
    }
    this.scheduler.enqueue(lane, record);
  }

  /** @returns the records that are no copies */
  private unload(lane: Lane, records: readonly LaneRecord[]): LaneRecord[] {
    for (const record of records.toReversed()) {
      if (!record.isCopy) continue;
      const input = lane.parked!.input(record.topic, record.priority);
      input.places.unshift(record.place);
      input.loaded--;
      record.input.release(record.source.bytes);
    }
    return records.filter((record) => !record.isCopy);
  }
}
