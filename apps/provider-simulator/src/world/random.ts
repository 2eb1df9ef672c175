/** Repeatable chance (mulberry32): the same seed and the same order of questions give the same answers. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  chance(probability: number): boolean {
    return probability >= 1 || (probability > 0 && this.next() < probability);
  }

  /** A rotated copy: never in the given order when there are two or more. */
  disordered<T>(items: readonly T[]): T[] {
    if (items.length < 2) return [...items];
    const start = 1 + Math.floor(this.next() * (items.length - 1));
    return [...items.slice(start), ...items.slice(0, start)];
  }
}
