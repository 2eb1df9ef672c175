import { DelayQueue } from '../delay-queue.ts';
import type { Lane } from '../lane.ts';
import type { LaneRecord } from '../lane-record.ts';
import type { PartitionWork } from '../partition-work.ts';
import type { SourceRecord } from '../record-source.ts';
import { CopyIndex } from './copy-index.ts';
import { LaneMemory } from './lane-memory.ts';
import { LaneMover } from './lane-mover.ts';
import { FLOWING, ParkedLane } from './parked-lane.ts';
import { ParkedLoader } from './parked-loader.ts';
import type { ParkedStore } from './parked-store.ts';
import { ParkedTail } from './parked-tail.ts';
import type { ParkingHost, ParkingOptions } from './parking-options.ts';
import { lanesToPark } from './relief.ts';

/** The line of lanes that an earlier owner parked: why they waited shows when they are asked again. */
const FOUND = 'found on the parked topic';

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
  /** Inputs to whose parked topic something was written since the last look. */
  private readonly grown = new Set<string>();
  private readonly store: ParkedStore;
  private readonly afterMs: number;

  constructor(
    private readonly work: PartitionWork,
    options: ParkingOptions,
    private readonly host: ParkingHost,
  ) {
    const { store, afterMs = 5_000, perLine = 128 } = options;
    this.store = store;
    this.afterMs = afterMs;
    this.memory = new LaneMemory(host.scheduler);
    this.openTails();
    this.mover = this.openMover();
    this.loader = this.openLoader(perLine);
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
    for (const topic of this.grown) this.tails.get(topic)!.hasGrown();
    this.grown.clear();
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

  private openTails(): void {
    const { work, store, host } = this;
    const begin = (lane: Lane) => this.begin(lane, FOUND);
    const onFound = (lane: Lane) => {
      this.wake(lane);
      this.mover.move(lane);
    };
    const index = new CopyIndex({ work, store, host, begin, onFound });
    for (const { topic, priority } of host.inputs) {
      const visit = (copy: SourceRecord) => index.found(topic, priority, copy);
      this.tails.set(topic, new ParkedTail(store, topic, work.partition, visit, this.report));
    }
  }

  private openMover(): LaneMover {
    return new LaneMover({
      store: this.store,
      isClosed: () => !this.work.admitted,
      onMoved: (record) => {
        this.grown.add(record.topic);
        this.host.onMoved(record, 'parked');
      },
      onError: this.report,
      onEnd: (lane) => {
        this.leaving.delete(lane);
        this.settle(lane);
      },
    });
  }

  private openLoader(perLine: number): ParkedLoader {
    const { work, store, host } = this;
    const { partition } = work;
    const options = {
      store,
      work,
      limits: host.limits,
      inputs: host.inputs.map(({ topic }) => topic),
      memoryOf: (topic: string) => work.input(store.topicOf(topic)),
      isClosed: () => work.closed,
      onLoaded: (lane: Lane, record: LaneRecord) => this.memory.load(lane, record),
      onGone: (topic: string) => host.event('a parked record is not on its topic any more', { partition, topic }),
      onEnd: (lane: Lane) => this.settle(lane),
      onError: this.report,
    };
    return new ParkedLoader(options, perLine);
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
