import type { Lane } from '../lane.ts';
import type { PartitionWork } from '../partition-work.ts';
import type { SourceRecord } from '../record-source.ts';
import { Place } from '../watermark.ts';
import { parkedAt, parkedFrom } from './parked-copy.ts';
import type { ParkedLane } from './parked-lane.ts';
import type { ParkedStore } from './parked-store.ts';
import type { ParkingHost } from './parking-options.ts';

export interface CopyIndexOptions {
  readonly work: PartitionWork;
  readonly store: ParkedStore;
  readonly host: ParkingHost;
  /** A lane of which nothing was known to be parked runs no record but copies from here on. */
  readonly begin: (lane: Lane) => ParkedLane;
  /** A lane has one more copy. */
  readonly onFound: (lane: Lane) => void;
}

/** Where the unfinished copies of each lane are, from reading the parked topics of a partition (rules 4 and 5 of 0007). */
export class CopyIndex {
  constructor(private readonly options: CopyIndexOptions) {}

  /**
   * The next copy on the parked topic of an input.
   *
   * @returns false when the partition is not ours any more
   */
  found(topic: string, priority: number, copy: SourceRecord): boolean {
    const { work, host, store, begin, onFound } = this.options;
    if (work.closed) return false;
    const input = work.input(store.topicOf(topic));
    const place = new Place(copy.offset, parkedAt(copy));
    if (!input.watermark.see(place)) return true;
    input.endOffset = Math.max(input.endOffset, copy.offset + 1);
    const from = parkedFrom(copy, topic);
    if (from === undefined) {
      place.finish();
      host.event('a record on the parked topic is no copy', { partition: work.partition, offset: copy.offset });
      return true;
    }
    const lane = work.lane(copy.key?.toString('utf8') ?? '');
    const parked = lane.parked ?? begin(lane);
    const known = parked.input(topic, priority);
    parked.hasBegun = true;
    if (from <= known.through) {
      place.finish();
      return true;
    }
    known.through = from;
    known.places.push(place);
    // In memory, too: a write whose answer was lost, or one by an owner that was lost.
    for (const record of parked.behind.takeUpTo(topic, from)) {
      host.onMoved(record, record === parked.writing ? 'parked' : 'repeat');
    }
    onFound(lane);
    return true;
  }
}
