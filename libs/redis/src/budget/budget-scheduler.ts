import { Unavailable } from '@heliograph/runtime';
import type { Bucket } from './bucket.ts';
import { GRANT_MS, paceOf } from './bucket.ts';
import type { BudgetStore } from './budget-store.ts';
import { WaitingLine } from './waiting-line.ts';

/** Leave to send one request. */
export interface Grant {
  /** The last moment at which the first byte may leave, milliseconds of `performance.now()`; later the grant is void. */
  readonly deadline: number;
}

export type Priority = 'transactional' | 'campaign';

/** More at once could hardly be used within their 100 ms. */
const MOST_PER_CALL = 64;
/** Where the burst allows it, grants of so many milliseconds are fetched together instead of one by one. */
const GATHER_MS = 5;

/**
 * Hands out the budget of one set of buckets within a process: whoever wants to send waits in line here, and the scheduler
 * alone asks Redis, for as many grants as there are waiters, sleeping for as long as Redis said in between. First in, first
 * out; transactional before campaign. A grant that comes too late to be used is thrown away. While Redis cannot be reached
 * everybody keeps waiting.
 */
export class BudgetScheduler {
  readonly buckets: readonly Bucket[];
  readonly #store: BudgetStore;
  readonly #lines = { transactional: new WaitingLine<Grant>(), campaign: new WaitingLine<Grant>() };
  readonly #gatherMs: number;
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #failures = 0;
  #notBefore = 0;
  #closed = false;
  #handedOut = 0;
  #thrownAway = 0;

  /** @throws RangeError for a bucket whose limit cannot be kept */
  constructor(store: BudgetStore, buckets: readonly Bucket[]) {
    if (buckets.length === 0) throw new RangeError(`a budget of ${store.account} needs a bucket`);
    this.buckets = buckets;
    this.#store = store;
    // Asking late loses nothing as long as the refill of that time, and one grant more, fits into the tolerance.
    const spareMs = buckets.map(paceOf).map((pace) => (pace.toleranceUs - pace.intervalUs) / 2_000);
    this.#gatherMs = Math.min(GATHER_MS, ...spareMs);
  }

  /** How many wait for a grant now. */
  get waiting(): number {
    return this.#lines.transactional.length + this.#lines.campaign.length;
  }

  /** Grants handed out, and grants thrown away because they came too late, since the start. */
  get counts(): { readonly handedOut: number; readonly thrownAway: number } {
    return { handedOut: this.#handedOut, thrownAway: this.#thrownAway };
  }

  /**
   * Waits for leave to send one request.
   *
   * @throws Unavailable when the scheduler is closed, the signal's reason when it aborts
   */
  take(priority: Priority = 'transactional', signal?: AbortSignal): Promise<Grant> {
    const line = this.#lines[priority];
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closedError();
      signal?.throwIfAborted();
      if (signal) standInLine(line, signal, resolve, reject);
      else line.add(resolve, reject);
      this.#schedule();
    });
  }

  /**
   * Stops everybody who takes from one of the buckets: this process at once, the others as soon as Redis knows. The longest
   * pause wins.
   *
   * @param bucket the first one by default
   * @throws Unavailable when only this process knows; pausing again is safe
   */
  async pauseFor(ms: number, bucket: string = this.buckets[0]!.name): Promise<void> {
    this.#sleepUntil(performance.now() + ms);
    await this.#store.pauseFor(bucket, ms);
  }

  /** Everybody who waits is sent away with Unavailable. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (let waiter = this.#next(); waiter; waiter = this.#next()) waiter.reject(closedError());
  }

  #next() {
    return this.#lines.transactional.shift() ?? this.#lines.campaign.shift();
  }

  #sleepUntil(moment: number): void {
    if (moment <= this.#notBefore) return;
    this.#notBefore = moment;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#asking || this.#timer || this.#closed || this.waiting === 0) return;
    const wait = this.#notBefore - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(
        () => {
          this.#timer = undefined;
          this.#schedule();
        },
        Math.min(wait, 2 ** 31 - 1),
      );
    } else {
      this.#asking = true;
      // Whoever comes in the same turn of the event loop is asked for together.
      setImmediate(() => void this.#ask());
    }
  }

  async #ask(): Promise<void> {
    const started = performance.now();
    try {
      if (this.#closed || this.waiting === 0 || started < this.#notBefore) return;
      const { granted, waitMs } = await this.#store.take(this.buckets, Math.min(this.waiting, MOST_PER_CALL));
      this.#failures = 0;
      this.#handOut(granted, started + GRANT_MS);
      if (waitMs > 0) this.#notBefore = Math.max(this.#notBefore, performance.now() + Math.max(waitMs, this.#gatherMs));
    } catch {
      const backOff = Math.min(50 * 2 ** this.#failures++, 1_000) * (0.5 + Math.random() / 2);
      this.#notBefore = Math.max(this.#notBefore, performance.now() + backOff);
    } finally {
      this.#asking = false;
      this.#schedule();
    }
  }

  #handOut(granted: number, deadline: number): void {
    // A pause that began while Redis was asked holds for what was granted meanwhile, too.
    const now = performance.now();
    const usable = now < deadline && now >= this.#notBefore && !this.#closed;
    for (let left = granted; left > 0; left--) {
      const waiter = usable ? this.#next() : undefined;
      if (waiter) this.#handedOut++;
      else this.#thrownAway++;
      waiter?.resolve({ deadline });
    }
  }
}

function standInLine(
  line: WaitingLine<Grant>,
  signal: AbortSignal,
  resolve: (grant: Grant) => void,
  reject: (reason: unknown) => void,
): void {
  const onAbort = () => {
    line.remove(waiter);
    reject(signal.reason);
  };
  const leaveThen = (settle: (value: never) => void) => (value: unknown) => {
    signal.removeEventListener('abort', onAbort);
    settle(value as never);
  };
  const waiter = line.add(leaveThen(resolve), leaveThen(reject));
  signal.addEventListener('abort', onAbort, { once: true });
}

const closedError = () => new Unavailable('redis', 'the budget scheduler is closed');
