import { DelayQueue } from '../delay-queue.ts';
import type { InputLimits } from '../input-progress.ts';
import type { Lane } from '../lane.ts';
import type { LaneRecord } from '../lane-record.ts';
import type { LaneScheduler } from '../lane-scheduler.ts';
import type { PartitionWork } from '../partition-work.ts';
import type { SourceRecord } from '../record-source.ts';
import { Place } from '../watermark.ts';
import { LaneMemory } from './lane-memory.ts';
import { LaneMover } from './lane-mover.ts';
import { parkedAt, parkedFrom } from './parked-copy.ts';
import { FLOWING, ParkedLane } from './parked-lane.ts';
import { ParkedLoader } from './parked-loader.ts';
import type { ParkedStore } from './parked-store.ts';
import { ParkedTail } from './parked-tail.ts';
import type { ParkingOptions } from './parking-options.ts';
import { lanesToPark } from './relief.ts';

/** The line of lanes that an earlier owner parked: why they waited shows when they are asked again. */
const FOUND = 'found on the parked topic';

export interface ParkingHost {
  readonly scheduler: LaneScheduler;
  readonly limits: InputLimits;
  /** Inputs in the order of their priority, which is 0 for all of them unless lanes are prioritised. */
  readonly inputs: readonly { readonly topic: string; readonly priority: number }[];
  /** A record of an input left memory: its copy is on the topic, by this process (`parked`) or from before (`repeat`). */
  readonly onMoved: (record: LaneRecord, as: 'parked' | 'repeat') => void;
  readonly event: (message: string, fields: Record<string, unknown>) => void;
}

/**
 * Parking of one partition (docs/decisions/0007-parking.md): which lanes are moved to the parked topics, what of theirs is
 * there, and when it comes back.
 */
export class PartitionParking {
  private readonly tails = new Map<string, ParkedTail>();
  private readonly mover: LaneMover;
  private readonly loader: ParkedLoader;
  private readonly memory: LaneMemory;
  private readonly sleeping = new DelayQueue();
  /** Lanes of which not everything in memory has been moved since they were parked. */
  private readonly leaving = new Set<Lane>();

  private readonly store: ParkedStore;
  private readonly afterMs: number;

  constructor(
    private readonly work: PartitionWork,
    options: ParkingOptions,
    private readonly host: ParkingHost,
  ) {
    const { store, afterMs = 5_000 } = options;
    this.store = store;
    this.memory = new LaneMemory(host.scheduler);
    this.afterMs = afterMs;
    const isClosed = () => work.closed;
    for (const { topic, priority } of host.inputs) {
      const visit = (copy: SourceRecord) => this.found(topic, priority, copy);
      this.tails.set(topic, new ParkedTail(store, topic, work.partition, visit, this.report));
    }
    const onMoved = (record: LaneRecord) => host.onMoved(record, 'parked');
    this.mover = new LaneMover({
      store,
      isClosed: () => !work.admitted,
      onMoved,
      onError: this.report,
      onEnd: (lane) => this.moved(lane),
    });
    const inputs = host.inputs.map(({ topic }) => topic);
    const memoryOf = (topic: string) => work.input(store.topicOf(topic));
    const { limits } = host;
    this.loader = new ParkedLoader(
      {
        ...{ store, work, limits, memoryOf, inputs, isClosed, onError: this.report },
        onLoaded: (lane, record) => this.memory.load(lane, record),
        onGone: (topic) =>
          host.event('a parked record is not on its topic any more', { partition: work.partition, topic }),
        onEnd: (lane) => this.settle(lane),
      },
      options.perLine ?? 128,
    );
  }

  /** Reads what is parked. Nothing of the partition may run before. @throws Unavailable */
  async recover(): Promise<void> {
    await Promise.all([...this.tails.values()].map((tail) => tail.catchUp()));
  }

  /** The partition was admitted. */
  resume(): void {
    for (const lane of this.work.lanes.values()) if (lane.parked) this.mover.move(lane);
    this.loader.kick();
  }

  /** There are copies up to this offset on the parked topic of an input. */
  hasReached(input: string, end: number): void {
    this.tails.get(input)!.hasReached(end);
  }

  /** A record of an input whose lane is partly parked. */
  follow(lane: Lane, record: LaneRecord): void {
    const parked = lane.parked!;
    if (record.offset <= (parked.inputs.get(record.topic)?.through ?? -1)) {
      this.host.onMoved(record, 'repeat');
    } else if (parked.holdsBack(record.priority)) {
      parked.input(record.topic, record.priority);
      parked.behind.add(record, parked.isMoving && parked.behind.first === parked.writing);
      this.mover.move(lane);
    } else {
      this.host.scheduler.enqueue(lane, record);
    }
  }

  /** To be called from time to time. */
  tick(): void {
    for (const tail of this.tails.values()) tail.follow();
    if (this.work.admitted && this.leaving.size === 0) {
      const { limits, inputs } = this.host;
      for (const { topic } of inputs) {
        for (const lane of lanesToPark(this.work, topic, { store: this.store, limits, afterMs: this.afterMs }))
          this.park(lane);
      }
    }
    this.loader.kick();
  }

  /** The first record of a parked lane has to wait: only that one stays in memory, if any. */
  waits(lane: Lane): void {
    const parked = lane.parked!;
    const { isCopy } = lane.queue.first!;
    const { cause, until } = lane.wait!;
    this.memory.keepFirst(lane);
    parked.window = 1;
    if (isCopy && cause !== undefined) {
      const isLong = typeof until === 'number' && until > Date.now() + this.afterMs;
      if (isLong || !this.loader.lines.hold(lane, cause)) {
        this.memory.empty(lane);
        if (isLong) this.sleep(lane, cause, until);
        else this.loader.lines.stand(lane, cause);
      }
    }
    this.mover.move(lane);
    this.loader.kick();
  }

  /** A copy ended. */
  ended(lane: Lane, { topic, priority }: LaneRecord): void {
    lane.parked!.input(topic, priority).loaded--;
  }

  /** Nothing of a parked lane is in memory, or nothing more of it is being written or read: what comes next? */
  settle(lane: Lane): void {
    const { parked } = lane;
    if (!parked || lane.queue.first || parked.isLoading || this.work.closed) return;
    if (parked.standing === 'inside') {
      this.loader.lines.leave(lane);
      parked.line = FLOWING;
    }
    if (!parked.isEmpty) this.wake(lane);
    else if (!parked.isMoving) this.unpark(lane);
    this.loader.kick();
  }

  /** Resolves when no read or write is under way; the partition must be closed. */
  async idle(): Promise<void> {
    this.sleeping.clear();
    await Promise.allSettled([...this.tails.values()].map((tail) => tail.idle()));
    await Promise.allSettled([this.mover.idle(), this.loader.idle()]);
  }

  private readonly report = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    this.host.event('parking has to wait', { partition: this.work.partition, reason });
  };

  /** Moves everything of a waiting lane that is in memory to the topic. */
  private park(lane: Lane): void {
    const { cause = FOUND, until } = lane.wait!;
    const parked = lane.parked ?? this.begin(lane, cause);
    this.memory.empty(lane);
    if (typeof until === 'number') this.sleep(lane, cause, until);
    else if (parked.line === FLOWING) parked.line = cause;
    this.leaving.add(lane);
    this.mover.move(lane);
  }

  /** From here on the lane runs only copies, but for a record that is in work. */
  private begin(lane: Lane, cause: string): ParkedLane {
    const parked = new ParkedLane(cause);
    lane.parked = parked;
    if (lane.state === 'running') this.memory.putBehind(lane, 1);
    else this.memory.empty(lane);
    return parked;
  }

  private unpark(lane: Lane): void {
    const { behind, isStuck } = lane.parked!;
    this.loader.lines.leave(lane);
    lane.parked = undefined;
    lane.unparkable ||= isStuck;
    for (const record of behind.takeAfter(0)) this.host.scheduler.enqueue(lane, record);
    if (!lane.queue.first) this.work.lanes.delete(lane.key);
  }

  private moved(lane: Lane): void {
    this.leaving.delete(lane);
    this.settle(lane);
  }

  private found(topic: string, priority: number, copy: SourceRecord): boolean {
    const { work, host, store } = this;
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
    const parked = lane.parked ?? this.begin(lane, FOUND);
    const found = parked.input(topic, priority);
    parked.hasBegun = true;
    if (from <= found.through) {
      place.finish();
      return true;
    }
    found.through = from;
    found.places.push(place);
    const { writing } = parked;
    for (const record of parked.behind.takeUpTo(topic, from)) {
      host.onMoved(record, record === writing ? 'parked' : 'repeat');
    }
    this.wake(lane);
    this.mover.move(lane);
    return true;
  }

  private sleep(lane: Lane, cause: string, until: number): void {
    const parked = lane.parked!;
    this.loader.lines.leave(lane);
    parked.line = cause;
    parked.standing = 'asleep';
    this.sleeping.add(until, () => {
      if (lane.parked !== parked || parked.standing !== 'asleep') return;
      parked.standing = 'aside';
      this.wake(lane);
    });
  }

  /** Puts a lane that has something to take in into its line. */
  private wake(lane: Lane): void {
    const parked = lane.parked!;
    if (lane.queue.first || parked.standing !== 'aside' || !parked.next()) return;
    this.loader.lines.stand(lane, parked.line);
    this.loader.kick();
  }
}
