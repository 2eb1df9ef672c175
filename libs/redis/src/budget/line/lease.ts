import type { Round } from './outstanding.ts';

/** From so many a millisecond on, some are fetched ahead. */
const FROM_PER_MS = 5;
/** For how long ahead. */
const AHEAD_MS = 4;
const MOST_AHEAD = 128;
/** Handed out for so long: the rest of their 100 ms belongs to whoever gets them. */
const HOLD_MS = 25;
/** The rate is counted over so long at least. */
const COUNT_MS = 10;

/** Grants of one line that were fetched ahead of those who will ask for them: only at high rates, and while there are plenty. */
export class Lease {
  #left = 0;
  #round: Round | undefined;
  #heldUntil = 0;
  #perMs = 0;
  #came = 0;
  #since = 0;

  /** Somebody comes. */
  note(): void {
    this.#came++;
  }

  take(now: number): Round | undefined {
    if (this.#left === 0 || now >= this.#heldUntil) return undefined;
    this.#left--;
    return this.#round;
  }

  /** How many are worth asking for beyond those who wait. */
  ahead(now: number): number {
    const counted = now - this.#since;
    if (counted >= COUNT_MS) {
      this.#perMs = this.#came / counted;
      this.#since = now;
      this.#came = 0;
    }
    return this.#perMs < FROM_PER_MS ? 0 : Math.min(MOST_AHEAD, Math.ceil(this.#perMs * AHEAD_MS));
  }

  /** @returns how many of an earlier lease are thrown away for it */
  put(count: number, round: Round, now: number): number {
    const wasted = this.#left;
    this.#left = count;
    this.#round = round;
    this.#heldUntil = now + HOLD_MS;
    return wasted;
  }
}
