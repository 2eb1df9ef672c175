import type { PairLimit } from '../settings/limit-settings.ts';
import type { Log, Verdict } from './sliding-log.ts';

/**
 * What one number owes one customer: every message is a debt of one, `everyMs` pays one back, and nobody may owe more than
 * `borrow`. So a burst is borrowed from the messages after it.
 */
export class PairLog implements Log {
  readonly #limit: PairLimit;
  #owed = 0;
  #since = -Infinity;

  constructor(limit: PairLimit) {
    this.#limit = limit;
  }

  judge(now: number): Verdict {
    const { everyMs, borrow } = this.#limit;
    const remaining = borrow - this.#owedAt(now) - 1;
    if (remaining >= 0) return { accepted: true, remaining: Math.floor(remaining) };
    return { accepted: false, retryAfterS: Math.max(1, Math.ceil((-remaining * everyMs) / 1000)) };
  }

  note(now: number): void {
    this.#owed = this.#owedAt(now) + 1;
    this.#since = now;
  }

  /** Whether nothing is owed, so that the log may be forgotten. */
  paid(now: number): boolean {
    return this.#owedAt(now) === 0;
  }

  #owedAt(now: number): number {
    return Math.max(0, this.#owed - (now - this.#since) / this.#limit.everyMs);
  }
}
