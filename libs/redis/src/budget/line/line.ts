import type { Grant, Priority } from '../demand.ts';
import { Heap, HeapItem } from './heap.ts';
import type { KnownBucket } from './known-buckets.ts';
import { Lease } from './lease.ts';
import type { Round } from './outstanding.ts';
import { type Waiter, WaitingLine } from './waiting-line.ts';

/** Sleeps until a bucket may have something again. */
export abstract class Sleeper extends HeapItem {
  wakeAt = 0;
  /** Redis is being asked for it. */
  asking = false;
}

/** Those of a line who also take from the same pair, or from none: first in, first out. */
export class Queue extends Sleeper {
  readonly waiters = new WaitingLine<Grant>();
  readonly line: Line;
  readonly pair: KnownBucket | undefined;

  constructor(line: Line, pair: KnownBucket | undefined) {
    super();
    this.line = line;
    this.pair = pair;
    if (pair) pair.users++;
  }

  get turn(): number {
    return this.waiters.first?.turn ?? Infinity;
  }

  get freeAt(): number {
    return this.pair?.freeAt(this.line.priority) ?? 0;
  }

  *buckets(): Iterable<KnownBucket> {
    yield* this.line.buckets;
    if (this.pair) yield this.pair;
  }

  pausedAt(now: number): boolean {
    return this.line.pausedAt(now) || (this.pair !== undefined && this.pair.pausedUntil > now);
  }

  add(turn: number, resolve: (grant: Grant) => void, reject: (reason: unknown) => void): Waiter<Grant> {
    this.#count(1);
    return this.waiters.add(turn, resolve, reject);
  }

  shift(): Waiter<Grant> | undefined {
    const waiter = this.waiters.shift();
    if (waiter) this.#count(-1);
    return waiter;
  }

  remove(waiter: Waiter<Grant>): void {
    this.waiters.remove(waiter);
    this.#count(-1);
  }

  #count(more: number): void {
    this.line.waiting += more;
    for (const bucket of this.line.buckets) bucket.waiting += more;
    if (this.pair) this.pair.waiting += more;
  }
}

/** Those who take from the same buckets, pairs aside, at the same priority. */
export class Line extends Sleeper {
  /** Queues that may be asked for; the others sleep or are being asked for. */
  readonly queues = new Heap<Queue>((a, b) => a.turn < b.turn);
  readonly lease = new Lease();
  waiting = 0;
  /** How many queues to ask for at once: about twice what was there the last time. */
  window = Infinity;
  /** Redis granted all that was asked for the last time. */
  plenty = false;
  readonly priority: Priority;
  readonly buckets: readonly KnownBucket[];
  readonly #byPair = new Map<KnownBucket | undefined, Queue>();

  constructor(priority: Priority, buckets: readonly KnownBucket[]) {
    super();
    this.priority = priority;
    this.buckets = buckets;
    for (const bucket of buckets) bucket.users++;
  }

  get turn(): number {
    return this.queues.first?.turn ?? Infinity;
  }

  get freeAt(): number {
    let freeAt = 0;
    for (const bucket of this.buckets) freeAt = Math.max(freeAt, bucket.freeAt(this.priority));
    return freeAt;
  }

  get allQueues(): Iterable<Queue> {
    return this.#byPair.values();
  }

  pausedAt(now: number): boolean {
    return this.buckets.some((bucket) => bucket.pausedUntil > now);
  }

  /** For one who comes now: a grant that was fetched ahead. */
  leased(now: number): Round | undefined {
    this.lease.note();
    return this.pausedAt(now) ? undefined : this.lease.take(now);
  }

  queueOf(pair: KnownBucket | undefined): Queue {
    let queue = this.#byPair.get(pair);
    if (!queue) this.#byPair.set(pair, (queue = new Queue(this, pair)));
    return queue;
  }

  /** A pair's queue goes when it is empty. */
  forget(queue: Queue): void {
    if (!queue.pair) return;
    this.#byPair.delete(queue.pair);
    queue.pair.users--;
  }

  /** Nobody will come to this line any more. */
  end(): void {
    for (const bucket of this.buckets) bucket.users--;
  }
}
