/** How many requests may be accepted in any window of the period. `requests: Infinity` means no limit. */
export interface Limit {
  requests: number;
  periodMs: number;
}

export type Verdict =
  { readonly accepted: true; readonly remaining: number } | { readonly accepted: false; readonly retryAfterS: number };

/** What was accepted of one bucket. `now` in ms on one clock, never going back. */
export interface Log {
  /** Whether an arrival would be accepted; leaves no trace. */
  judge(now: number): Verdict;
  /** Counts an arrival that was accepted. */
  note(now: number): void;
}

/**
 * The limiter: a log of the accepted arrivals of the last period. An arrival at `now` is accepted when fewer than
 * `requests` accepted ones lie in (now − periodMs, now]; a refused one leaves no trace here (the evidence has it).
 */
export class SlidingLog implements Log {
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

  arrive(now: number): Verdict {
    const verdict = this.judge(now);
    if (verdict.accepted) this.note(now);
    return verdict;
  }

  judge(now: number): Verdict {
    const { requests, periodMs } = this.#limit;
    if (requests === Infinity) return { accepted: true, remaining: Infinity };
    this.#forget(now - periodMs);
    const count = this.#accepted.length - this.#head;
    if (count < requests) return { accepted: true, remaining: requests - count - 1 };
    // The newest of those that must leave before one more fits: all but the last requests − 1.
    const blocking = this.#accepted[this.#accepted.length - requests] ?? now;
    return { accepted: false, retryAfterS: Math.max(1, Math.ceil((blocking + periodMs - now) / 1000)) };
  }

  note(now: number): void {
    if (this.#limit.requests !== Infinity) this.#accepted.push(now);
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
