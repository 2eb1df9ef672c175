import { waitFor } from '@heliograph/testing';
import { percentile } from '../statistics.ts';

/** Milliseconds since the epoch with fractions, comparable between processes of this machine. */
export function moment(): number {
  return performance.timeOrigin + performance.now();
}

export interface Latency {
  p50: number;
  p99: number;
  /** How many came to their end per second, from the first beginning to the last end. */
  completedPerSecond: number;
}

/** When things with a name began and when they were seen at the other end. */
export class Stopwatch {
  readonly #began = new Map<string, number>();
  readonly #took = new Map<string, number>();
  #firstBegan = Infinity;
  #lastSeen = 0;

  begin(name: string): void {
    const now = moment();
    this.#began.set(name, now);
    this.#firstBegan = Math.min(this.#firstBegan, now);
  }

  /** The first sight counts; what never began is somebody else's. */
  seen(name: string, at = moment()): void {
    const began = this.#began.get(name);
    if (began === undefined || this.#took.has(name)) return;
    this.#took.set(name, at - began);
    this.#lastSeen = Math.max(this.#lastSeen, at);
  }

  get missing(): number {
    return this.#began.size - this.#took.size;
  }

  /** Waits until everything that began was seen. @throws Error with the number of what was not */
  async result(what: string, timeoutMs: number, look?: () => Promise<void>): Promise<Latency> {
    const allSeen = async (): Promise<boolean> => {
      await look?.();
      return this.missing === 0;
    };
    await waitFor(allSeen, { timeoutMs, intervalMs: 250, description: `every ${what} is seen` }).catch(() => {
      throw new Error(`${this.missing} of ${this.#began.size} were not seen within ${timeoutMs} ms: ${what}`);
    });
    const times = [...this.#took.values()];
    const completedPerSecond = (times.length * 1000) / (this.#lastSeen - this.#firstBegan);
    return { p50: percentile(times, 50), p99: percentile(times, 99), completedPerSecond };
  }
}
