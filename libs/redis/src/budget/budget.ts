import { Unavailable } from '@heliograph/runtime';
import { type Bucket, GRANT_MS } from './bucket.ts';
import type { BudgetStore } from './budget-store.ts';
import { type Clock, MACHINE_CLOCK } from './clock.ts';
import type { BucketSnapshot, BudgetSnapshot, Demand, Grant } from './demand.ts';
import { Alarm } from './line/alarm.ts';
import { requestOf } from './line/ask-request.ts';
import { type KnownBucket, KnownBuckets } from './line/known-buckets.ts';
import type { Queue } from './line/line.ts';
import { type Batch, Lines } from './line/lines.ts';
import { Lookers } from './line/lookers.ts';
import { Outstanding } from './line/outstanding.ts';
import { settle } from './line/settle.ts';
import { unlessAborted } from './line/unless-aborted.ts';

export interface BudgetOptions {
  readonly clock?: Clock;
  /** From 0 to 1, for jitter. */
  readonly random?: () => number;
}

/**
 * The budget of one scope (a tenant: everything whose buckets are ever asked for together) within a process. Whoever wants to
 * send waits in line here, and this alone asks Redis: for everybody at once who may get something, sleeping for as long as
 * Redis said in between. First in, first out among those who take from the same buckets; transactional before campaign; who
 * waits for a bucket of his own holds nobody back. A grant that comes too late to be used is thrown away. While Redis cannot be
 * reached everybody keeps waiting. One per scope and process is enough for all accounts, clients and numbers of it.
 */
export class Budget {
  readonly #store: BudgetStore;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #known = new KnownBuckets();
  readonly #lines = new Lines(this.#known);
  readonly #lookers = new Lookers();
  readonly #alarm: Alarm;
  readonly #outstanding: Outstanding;
  readonly #throttled: Record<string, number> = {};
  readonly #given = { handedOut: 0, thrownAway: 0 };
  #turn = 0;
  #asking = false;
  #failures = 0;
  #notBefore = 0;
  #closed = false;

  constructor(store: BudgetStore, { clock = MACHINE_CLOCK, random = Math.random }: BudgetOptions = {}) {
    this.#store = store;
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => this.#schedule());
    this.#outstanding = new Outstanding(clock, () => this.#schedule());
    this.#random = random;
  }

  /** How many wait for a grant now. */
  get waiting(): number {
    const { transactional, campaign } = this.#lines.waiting;
    return transactional + campaign;
  }

  /**
   * Waits for leave to send one request.
   *
   * @throws RangeError for a bucket whose limit cannot be kept, Unavailable when the budget is closed, the signal's reason
   */
  take(demand: Demand, { signal }: { signal?: AbortSignal } = {}): Promise<Grant> {
    // What is thrown in here rejects.
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closedError();
      signal?.throwIfAborted();
      const now = this.#clock.now();
      const queue = this.#lines.queueOf(demand, now);
      const leased = queue.pair ? undefined : queue.line.leased(now);
      if (!leased) return this.#wait(queue, now, signal, resolve, reject);
      this.#given.handedOut++;
      resolve(this.#outstanding.handOut(leased));
    });
  }

  /**
   * Throttled until a moment the provider named: everybody who takes from the bucket stops, this process at once, the others
   * as soon as Redis knows. The longest pause wins.
   *
   * @throws Unavailable when only this process knows; pausing again is safe
   */
  async pauseFor(ms: number, bucket: Bucket): Promise<void> {
    const known = this.#noteThrottling(bucket, ms);
    known.pauseUntil(this.#clock.now() + (await this.#store.pauseFor(ms, bucket)));
  }

  /**
   * Throttled, and no moment named: everybody stops for 2, then 4, then 8 s (a pair: 1, 4, 16, 64 s), and goes on at half the
   * pace, which recovers by a tenth per period. What is reported while the bucket is paused counts as the same throttling.
   *
   * @throws Unavailable when only this process knows
   */
  async slowDown(bucket: Bucket): Promise<void> {
    // Until Redis has said for how long; a process that cannot reach it stops at least so long by itself.
    const known = this.#noteThrottling(bucket, 1_000);
    const pausedMs = await this.#store.slowDown(bucket, 0.75 + this.#random() / 2);
    known.pauseUntil(this.#clock.now() + pausedMs);
  }

  #noteThrottling(bucket: Bucket, ms: number): KnownBucket {
    const now = this.#clock.now();
    const [kind] = bucket.name.split(':', 1) as [string];
    this.#throttled[kind] = (this.#throttled[kind] ?? 0) + 1;
    const known = this.#known.of(bucket, now);
    known.pauseUntil(now + ms);
    return known;
  }

  /**
   * What a provider said is left until it counts anew: no more is granted until then, by whomever. Redis hears of it with the
   * next request for the bucket.
   *
   * @param resetMs from now; undefined where the provider does not say: then its next word replaces this one
   */
  observeRemaining(bucket: Bucket, remaining: number, resetMs: number | undefined): void {
    const lastsMs = resetMs ?? bucket.periodMs;
    if (!(remaining >= 0 && remaining < bucket.limit && lastsMs > 0)) return;
    const now = this.#clock.now();
    const known = this.#known.of(bucket, now);
    const replaces = resetMs === undefined;
    const before = known.observed && known.observed.resetsAt > now && !replaces ? known.observed.left : Infinity;
    known.observed = { left: Math.min(before, remaining), resetsAt: now + lastsMs, replaces };
  }

  /**
   * How many each of the buckets could grant at once now, less those who wait for it in this process: for choosing among a
   * pool. May be 50 ms old.
   *
   * @throws Unavailable
   */
  async levels(buckets: readonly Bucket[]): Promise<number[]> {
    if (this.#closed) throw closedError();
    const now = this.#clock.now();
    const known = buckets.map((bucket) => this.#known.of(bucket, now));
    const looked = this.#lookers.look(known, now);
    if (looked) {
      this.#schedule();
      await looked;
    }
    return known.map(({ level, waiting }) => level - waiting);
  }

  /** What is worth showing; costs one step per bucket. */
  snapshot(): BudgetSnapshot {
    const now = this.#clock.now();
    const buckets: BucketSnapshot[] = [];
    let pairsAsleep = 0;
    for (const known of this.#known.all) {
      const { name, factor, level, pausedUntil } = known;
      if (!known.pace.pair) buckets.push({ name, factor, level, pausedMs: Math.max(0, pausedUntil - now) });
      else if (known.waiting > 0 && known.freeAt('campaign') > now) pairsAsleep++;
    }
    const counts = { ...this.#given, expired: this.#outstanding.expired };
    return { ...counts, waiting: this.#lines.waiting, pairsAsleep, throttled: { ...this.#throttled }, buckets };
  }

  /** Everybody who waits is sent away with Unavailable. */
  close(): void {
    this.#closed = true;
    this.#alarm.cancel();
    const error = closedError();
    this.#lookers.fail(error);
    for (const line of this.#lines.all) {
      for (const queue of line.allQueues) {
        for (let waiter = queue.shift(); waiter; waiter = queue.shift()) waiter.reject(error);
      }
    }
  }

  #wait(
    queue: Queue,
    now: number,
    signal: AbortSignal | undefined,
    resolve: (grant: Grant) => void,
    reject: (reason: unknown) => void,
  ): void {
    const isFirst = queue.waiters.length === 0;
    if (signal) {
      const leave = (): void => {
        queue.remove(waiter);
        this.#lines.place(queue, this.#clock.now());
      };
      const settle = unlessAborted(signal, leave, resolve, reject);
      const waiter = queue.add(this.#turn++, settle.resolve, settle.reject);
    } else {
      queue.add(this.#turn++, resolve, reject);
    }
    if (isFirst) this.#lines.place(queue, now);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#asking || this.#closed) return;
    const wanted = this.#lookers.waiting ? 0 : this.#nextAt;
    if (wanted === Infinity) return;
    const at = Math.max(wanted, this.#notBefore);
    if (at > this.#clock.now()) return this.#alarm.set(at);
    this.#alarm.cancel();
    this.#asking = true;
    // Whoever comes in the same turn of the event loop is asked for together.
    this.#clock.soon(() => void this.#ask());
  }

  /** When somebody may be asked for, and what is granted then may be out. */
  get #nextAt(): number {
    const { nextAt } = this.#lines;
    return nextAt === Infinity || this.#outstanding.room(this.#clock.now()) > 0
      ? nextAt
      : Math.max(nextAt, this.#outstanding.roomAt);
  }

  async #ask(): Promise<void> {
    const started = this.#clock.now();
    const batch = this.#lines.takeOut(started, this.#outstanding.room(started));
    const lookedFor = this.#lookers.takeOut();
    try {
      if (this.#closed || (batch.entries.length === 0 && lookedFor.buckets.size === 0)) return;
      const { request, buckets } = requestOf(batch.entries, lookedFor.buckets, started);
      const answer = await this.#store.ask(request);
      this.#failures = 0;
      const now = this.#clock.now();
      buckets.forEach((bucket, index) => bucket.learn(answer.buckets[index]!, now));
      const terms = {
        outstanding: this.#outstanding,
        deadline: started + GRANT_MS,
        now,
        chance: this.#random,
        given: this.#given,
      };
      settle(batch, buckets, answer.asks, terms);
      lookedFor.resolve();
    } catch (error) {
      if (!(error instanceof Unavailable)) this.#refuse(batch, error);
      const backOff = Math.min(50 * 2 ** this.#failures++, 1_000) * (0.5 + this.#random() / 2);
      this.#notBefore = this.#clock.now() + backOff;
      lookedFor.reject(error);
    } finally {
      this.#lines.putBack(batch, this.#clock.now());
      this.#asking = false;
      this.#schedule();
    }
  }

  /** Not that Redis is gone, but that asking it is wrong: waiting would not help. */
  #refuse({ entries }: Batch, error: unknown): void {
    for (const { queue } of entries) {
      for (let waiter = queue.shift(); waiter; waiter = queue.shift()) waiter.reject(error);
    }
  }
}

const closedError = () => new Unavailable('redis', 'the budget is closed');
