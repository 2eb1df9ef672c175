/** The last `capacity` entries in order; what falls out is counted. */
export class Ring<T> {
  readonly #capacity: number;
  #entries: T[] = [];
  #oldest = 0;
  #dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(entry: T): void {
    if (this.#entries.length < this.#capacity) {
      this.#entries.push(entry);
      return;
    }
    this.#entries[this.#oldest] = entry;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
    this.#dropped++;
  }

  /** Oldest first. Entries pushed while iterating may replace ones not yet visited. */
  *[Symbol.iterator](): Generator<T> {
    const count = this.#entries.length;
    for (let index = 0; index < count; index++) yield this.#entries[(this.#oldest + index) % count] as T;
  }

  /** The newest `count`, newest first. */
  latest(count: number): T[] {
    const size = this.#entries.length;
    const wanted = Math.min(count, size);
    return Array.from({ length: wanted }, (_, back) => this.#entries[(this.#oldest + size - 1 - back) % size] as T);
  }
}
