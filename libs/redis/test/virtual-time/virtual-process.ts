import type { Clock } from '../../src/budget/clock.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A process in virtual time: a clock of its own, and an event loop that can stand still. */
export class VirtualProcess implements Clock {
  #stalledUntil = -Infinity;
  #ended = false;

  /**
   * @param offsetMs how far its clock is ahead of Redis'
   * @param rate how fast its clock runs
   */
  constructor(
    readonly time: VirtualTime,
    readonly offsetMs = 0,
    readonly rate = 1,
  ) {}

  now(): number {
    return this.time.now * this.rate + this.offsetMs;
  }

  after(ms: number, step: () => void): () => void {
    // Not in the same moment again, which a rounded difference could be: its timer would ring for ever.
    return this.run(this.time.now + Math.max(ms / this.rate, 0.001), step);
  }

  soon(step: () => void): void {
    this.run(this.time.now, step);
  }

  /** Runs `step` at a moment of virtual time, or once the event loop goes on. */
  run(moment: number, step: () => void): () => void {
    let cancelled = false;
    const turn = (): void => {
      if (cancelled || this.#ended) return;
      if (this.#stalledUntil > this.time.now) this.time.at(this.#stalledUntil, turn);
      else step();
    };
    this.time.at(moment, turn);
    return () => void (cancelled = true);
  }

  /** The event loop stands still: nothing of the process runs for so long. */
  stall(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.time.now + ms);
  }

  /** Killed: nothing of the process runs any more. */
  end(): void {
    this.#ended = true;
  }
}
