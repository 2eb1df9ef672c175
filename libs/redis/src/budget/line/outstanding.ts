import { GRANT_MS } from '../bucket.ts';
import type { Clock } from '../clock.ts';
import type { Grant } from '../demand.ts';

/** More at once could hardly be used within their 100 ms. */
const MOST = 128;
/** Of a process of which nothing is known yet. */
const FIRST = 16;
/** So many in any case: else nothing would tell that there is time again. */
const LEAST = 4;
/** A grant used later than this after it was handed out counts as late: at twice the time it is void. */
const LATE_MS = GRANT_MS / 2;
/** So many grants used in time allow one more to be out. */
const USES_PER_STEP = 16;

/** Grants that came with one answer of Redis. */
export interface Round {
  readonly deadline: number;
  readonly lateFrom: number;
  /** Handed out, not used and not expired. */
  out: number;
}

/**
 * The grants that are out: handed out, unused, unexpired. No more of them than the process uses in time, else it would do
 * nothing but wake those whose grants have run out, who ask again. How many that is shows by what became of them: what was
 * used in time adds to it steadily, the share that was late or never used is taken off it, half of it at most, once per 100 ms.
 */
export class Outstanding {
  readonly #clock: Clock;
  readonly #onRoom: () => void;
  /** Oldest first. */
  readonly #rounds: Round[] = [];
  #most = FIRST;
  #out = 0;
  #expired = 0;
  #inTime = 0;
  #late = 0;
  #judgeAt = 0;
  #isAwaited = false;

  /** @param onRoom {@link room} found none, and there is some again */
  constructor(clock: Clock, onRoom: () => void) {
    this.#clock = clock;
    this.#onRoom = onRoom;
  }

  /** Grants that were handed out and not used in time, since the start. */
  get expired(): number {
    return this.#expired;
  }

  /** How many may be asked for; 0 until a quarter of what may be out is free, so that each call to Redis is worth it. */
  room(now: number): number {
    this.#sweep(now);
    const room = this.#isFull ? 0 : Math.floor(this.#most) - this.#out;
    this.#isAwaited = room === 0;
    return room;
  }

  /** When there is room again though nobody uses a grant. */
  get roomAt(): number {
    return this.#rounds.find(({ out }) => out > 0)?.deadline ?? 0;
  }

  /** Redis has answered. */
  begin(deadline: number, now: number): Round {
    const round = { deadline, lateFrom: now + LATE_MS, out: 0 };
    this.#rounds.push(round);
    return round;
  }

  handOut(round: Round): Grant {
    round.out++;
    this.#out++;
    let isUsed = false;
    const use = (): void => {
      if (isUsed) return;
      isUsed = true;
      this.#use(round);
    };
    return { deadline: round.deadline, use };
  }

  get #isFull(): boolean {
    return this.#out > 0 && this.#out > 0.75 * this.#most;
  }

  #use(round: Round): void {
    const now = this.#clock.now();
    // Void: it is counted as expired.
    if (now >= round.deadline) return;
    round.out--;
    this.#out--;
    if (now >= round.lateFrom) this.#late++;
    else {
      this.#inTime++;
      this.#most = Math.min(MOST, this.#most + 1 / USES_PER_STEP);
    }
    if (this.#isAwaited && !this.#isFull) {
      this.#isAwaited = false;
      this.#onRoom();
    }
  }

  #sweep(now: number): void {
    for (let round = this.#rounds[0]; round && round.deadline <= now; round = this.#rounds[0]) {
      this.#rounds.shift();
      this.#out -= round.out;
      this.#expired += round.out;
      this.#late += round.out;
    }
    if (now >= this.#judgeAt) this.#judge(now);
  }

  #judge(now: number): void {
    const share = this.#late / Math.max(1, this.#late + this.#inTime);
    this.#most = Math.max(LEAST, this.#most * Math.max(0.5, 1 - share));
    this.#inTime = this.#late = 0;
    this.#judgeAt = now + GRANT_MS;
  }
}
