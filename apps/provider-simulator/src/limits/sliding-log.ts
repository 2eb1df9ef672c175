/** How many requests may be accepted in any window of the period. `requests: Infinity` means no limit. */
export interface Limit {
  requests: number;
  periodMs: number;
}

export type Verdict =
  { readonly accepted: true; readonly remaining: number } | { readonly accepted: false; readonly retryAfterS: number };

/**
 * The limiter: a log of the accepted arrivals of the last period. An arrival at `now` is accepted when fewer than
 * `requests` accepted ones lie in (now − periodMs, now]; a refused one leaves no trace here (the evidence has it).
 */
export class SlidingLog {
  #limit: Limit;
  #accepted: number[] = [];
  #head = 0;

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  get limit(): Limit {
    return this.#limit;
  }

  /** Takes effect for the next arrival; what was accepted before still counts. */
  set limit(limit: Limit) {
    this.#limit = limit;
  }

  /** `now` in ms on one clock, never going back. */
  arrive(now: number): Verdict {
    const { requests, periodMs } = this.#limit;
    if (requests === Infinity) return { accepted: true, remaining: Infinity };
    this.#forget(now - periodMs);
    const count = this.#accepted.length - this.#head;
    if (count < requests) {
      this.#accepted.push(now);
      return { accepted: true, remaining: requests - count - 1 };
    }
    // The newest of those that must leave before one more fits: all but the last requests − 1.
    const blocking = this.#accepted[this.#accepted.length - requests] ?? now;
    return { accepted: false, retryAfterS: Math.max(1, Math.ceil((blocking + periodMs - now) / 1000)) };
  }

  #forget(upTo: number): void {
    const log = this.#accepted;
    while (this.#head < log.length && (log[this.#head] as number) <= upTo) this.#head++;
    // Compacting only when half is dead keeps the cost per arrival constant.
    if (this.#head > 1024 && this.#head * 2 > log.length) {
      this.#accepted = log.slice(this.#head);
      this.#head = 0;
    }
  }
}
