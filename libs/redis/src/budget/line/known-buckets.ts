import { type Bucket, type Pace, paceOf } from '../bucket.ts';
import type { AskAnswer, Observation } from '../budget-store.ts';
import type { Priority } from '../demand.ts';

/** So many are kept before those that mean nothing any more are looked for. */
const KEEP_AT_LEAST = 1_024;

/** What this process knows of a bucket. Moments are of the budget's clock. */
export class KnownBucket {
  pace: Pace;
  /** Lines and queues that take from it. */
  users = 0;
  /** Those who wait for it, or for another one of theirs. */
  waiting = 0;
  pausedUntil = 0;
  /** What Redis answered, when. */
  level = 0;
  factor = 1;
  seenAt = -Infinity;
  /** To be told to Redis with the next ask. */
  observed: (Pick<Observation, 'left' | 'replaces'> & { readonly resetsAt: number }) | undefined;
  readonly #freeAt = { transactional: 0, campaign: 0 };
  #bucket: Bucket;

  /** @throws RangeError for a limit that cannot be kept */
  constructor(bucket: Bucket) {
    this.#bucket = bucket;
    this.pace = paceOf(bucket);
  }

  get name(): string {
    return this.#bucket.name;
  }

  get limit(): number {
    return this.#bucket.limit;
  }

  /** The limit may have been changed meanwhile. */
  update(bucket: Bucket): void {
    if (bucket === this.#bucket) return;
    this.pace = paceOf(bucket);
    this.#bucket = bucket;
  }

  /** From when on it may have something for them. */
  freeAt(priority: Priority): number {
    return this.#freeAt[priority];
  }

  /** What is not there for transactional traffic is not there for campaigns. */
  isFullUntil(moment: number, priority: Priority): void {
    this.#freeAt.campaign = Math.max(this.#freeAt.campaign, moment);
    if (priority === 'transactional') this.#freeAt.transactional = Math.max(this.#freeAt.transactional, moment);
  }

  pauseUntil(moment: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, moment);
    this.isFullUntil(moment, 'transactional');
  }

  /** What Redis answered just now; a level of -1: did not look. */
  learn({ level, factor, pausedMs }: AskAnswer['buckets'][number], now: number): void {
    if (level < 0) return;
    this.level = level;
    this.factor = factor;
    this.seenAt = now;
    if (pausedMs > 0) this.pauseUntil(now + pausedMs);
  }

  forgettable(now: number): boolean {
    const told = !this.observed || this.observed.resetsAt <= now;
    return this.users === 0 && told && this.#freeAt.campaign <= now;
  }
}

/** The buckets of a budget by name. Forgets, at no cost worth naming, those that nobody uses and that say nothing. */
export class KnownBuckets {
  readonly #byName = new Map<string, KnownBucket>();
  #sweepAt = KEEP_AT_LEAST;

  get all(): Iterable<KnownBucket> {
    return this.#byName.values();
  }

  /** @throws RangeError for a limit that cannot be kept */
  of(bucket: Bucket, now: number): KnownBucket {
    const known = this.#byName.get(bucket.name);
    if (known) {
      known.update(bucket);
      return known;
    }
    const created = new KnownBucket(bucket);
    if (this.#byName.size >= this.#sweepAt) this.#sweep(now);
    this.#byName.set(bucket.name, created);
    return created;
  }

  #sweep(now: number): void {
    for (const [name, known] of this.#byName) if (known.forgettable(now)) this.#byName.delete(name);
    this.#sweepAt = Math.max(KEEP_AT_LEAST, 2 * this.#byName.size);
  }
}
