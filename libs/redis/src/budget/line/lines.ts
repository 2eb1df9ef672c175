import type { Demand, Priority } from '../demand.ts';
import { Heap } from './heap.ts';
import type { KnownBucket, KnownBuckets } from './known-buckets.ts';
import { Line, Queue } from './line.ts';

const KEEP_AT_LEAST = 256;
/** Each queue is a key more in the script that answers. */
const MOST_QUEUES = 128;

/** What Redis is asked for one queue. */
export interface Entry {
  readonly queue: Queue;
  readonly count: number;
}

/** Whom Redis is being asked for. */
export interface Batch {
  readonly entries: readonly Entry[];
  readonly lines: readonly Line[];
}

/**
 * Everybody who waits in a process, so sorted that whoever waits for one bucket is in nobody else's way: a line sleeps until
 * all of its buckets may have something, a queue of it until its pair may. Transactional lines go first, then whoever came
 * first. Each step costs O(log n).
 */
export class Lines {
  readonly #known: KnownBuckets;
  readonly #byKey = new Map<string, Line>();
  readonly #ready = new Heap<Line>(goesBefore);
  readonly #asleep = new Heap<Line | Queue>((a, b) => a.wakeAt < b.wakeAt);
  #sweepAt = KEEP_AT_LEAST;

  constructor(known: KnownBuckets) {
    this.#known = known;
  }

  get all(): Iterable<Line> {
    return this.#byKey.values();
  }

  get waiting(): Record<Priority, number> {
    const waiting = { transactional: 0, campaign: 0 };
    for (const line of this.#byKey.values()) waiting[line.priority] += line.waiting;
    return waiting;
  }

  /** When somebody may be asked for; 0: now, Infinity: nobody waits. */
  get nextAt(): number {
    if (this.#ready.size > 0) return 0;
    return this.#asleep.first?.wakeAt ?? Infinity;
  }

  /** Where somebody with this demand has to wait. @throws RangeError for a demand that cannot be met */
  queueOf({ buckets, priority }: Demand, now: number): Queue {
    let key: string = priority;
    let pair: KnownBucket | undefined;
    for (const bucket of buckets) {
      const known = this.#known.of(bucket, now);
      if (!known.pace.pair) key += `\n${bucket.name}`;
      else if (pair) throw new RangeError(`a demand has one pair at most, not ${pair.name} and ${bucket.name}`);
      else pair = known;
    }
    if (buckets.length === 0) throw new RangeError('a demand needs a bucket');
    const line = this.#byKey.get(key) ?? this.#open(key, priority, buckets, now);
    return line.queueOf(pair);
  }

  #open(key: string, priority: Priority, buckets: Demand['buckets'], now: number): Line {
    const shared = buckets.map((bucket) => this.#known.of(bucket, now)).filter(({ pace }) => !pace.pair);
    if (this.#byKey.size >= this.#sweepAt) this.#sweep();
    const line = new Line(priority, shared);
    this.#byKey.set(key, line);
    return line;
  }

  #sweep(): void {
    for (const [key, line] of this.#byKey) {
      if (line.waiting > 0 || line.asking) continue;
      line.end();
      this.#byKey.delete(key);
    }
    this.#sweepAt = Math.max(KEEP_AT_LEAST, 2 * this.#byKey.size);
  }

  /** Puts a queue where it belongs, after somebody came or left. */
  place(queue: Queue, now: number): void {
    if (queue.asking) return;
    queue.leave();
    if (queue.waiters.length === 0) queue.line.forget(queue);
    else if (!this.#sleeps(queue, now)) queue.line.queues.add(queue);
    this.#placeLine(queue.line, now);
  }

  #placeLine(line: Line, now: number): void {
    if (line.asking) return;
    line.leave();
    if (line.queues.size > 0 && !this.#sleeps(line, now)) this.#ready.add(line);
  }

  #sleeps(sleeper: Line | Queue, now: number): boolean {
    const { freeAt } = sleeper;
    if (freeAt <= now) return false;
    sleeper.wakeAt = freeAt;
    this.#asleep.add(sleeper);
    return true;
  }

  /** Takes out whom to ask for now, so many grants at most; {@link putBack} is due once that is answered. */
  takeOut(now: number, grants: number): Batch {
    this.#wake(now);
    const entries: Entry[] = [];
    const lines: Line[] = [];
    const most = { queues: MOST_QUEUES, grants };
    for (let line = this.#ready.first; line && most.queues > 0 && most.grants > 0; line = this.#ready.first) {
      line.leave();
      if (this.#sleeps(line, now)) continue;
      line.asking = true;
      lines.push(line);
      for (const entry of this.#entriesOf(line, most, now)) entries.push(entry);
    }
    return { entries, lines };
  }

  #entriesOf(line: Line, most: { queues: number; grants: number }, now: number): Entry[] {
    const entries: Entry[] = [];
    for (let queue = line.queues.first; queue && most.queues > 0 && most.grants > 0; queue = line.queues.first) {
      if (entries.length >= line.window) break;
      queue.leave();
      if (this.#sleeps(queue, now)) continue;
      queue.asking = true;
      const ahead = line.plenty && !queue.pair ? line.lease.ahead(now) : 0;
      const count = Math.min(queue.waiters.length + ahead, most.grants);
      most.queues--;
      most.grants -= count;
      entries.push({ queue, count });
    }
    return entries;
  }

  #wake(now: number): void {
    for (let due = this.#asleep.first; due && due.wakeAt <= now; due = this.#asleep.first) {
      if (due instanceof Queue) this.place(due, now);
      else this.#placeLine(due, now);
    }
  }

  /** Everybody of a batch waits again who has got nothing. */
  putBack({ entries, lines }: Batch, now: number): void {
    for (const { queue } of entries) {
      queue.asking = false;
      this.place(queue, now);
    }
    for (const line of lines) {
      line.asking = false;
      this.#placeLine(line, now);
    }
  }
}

function goesBefore(a: Line, b: Line): boolean {
  return a.priority === b.priority ? a.turn < b.turn : a.priority === 'transactional';
}
