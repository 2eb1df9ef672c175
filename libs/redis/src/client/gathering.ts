import { FenceLost, Unavailable } from '@heliograph/runtime';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Makes one call of what is asked for within one turn of the event loop: whoever asks while it deals with what has come in
 * shares the call at its end. Nobody waits for others to come.
 */
export class Gathering<Item, Result> {
  readonly #most: number;
  readonly #call: (items: Item[]) => Promise<readonly Result[]>;
  #waiting: Waiting<Item, Result>[] = [];

  /**
   * @param most items of one call
   * @param call gives a result per item, in their order; when it rejects with `FenceLost` or `Unavailable`, all of them do. For
   * any other error, which is about what one of them is, each is called again by itself, so that only that one is rejected
   */
  constructor(most: number, call: (items: Item[]) => Promise<readonly Result[]>) {
    this.#most = most;
    this.#call = call;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#callAll());
      this.#waiting.push({ item, resolve, reject });
    });
  }

  #callAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < waiting.length; from += this.#most)
      void this.#callFor(waiting.slice(from, from + this.#most));
  }

  async #callFor(waiting: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#call(waiting.map(({ item }) => item));
      waiting.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      const isForAll = error instanceof FenceLost || error instanceof Unavailable;
      if (isForAll || waiting.length === 1) for (const { reject } of waiting) reject(error);
      else for (const one of waiting) void this.#callFor([one]);
    }
  }
}

/** One gathering per partition, under the fence that was named last. */
export class PartitionGathering<Item, Result = void> {
  readonly #most: number;
  readonly #call: (partition: number, items: Item[], fence: string) => Promise<readonly Result[]>;
  readonly #gatherings = new Map<number, { readonly fence: string; readonly calls: Gathering<Item, Result> }>();

  /** @param most and @param call as those of {@link Gathering} */
  constructor(most: number, call: (partition: number, items: Item[], fence: string) => Promise<readonly Result[]>) {
    this.#most = most;
    this.#call = call;
  }

  /** @param fence token; empty where none is needed */
  add(partition: number, item: Item, fence = ''): Promise<Result> {
    let gathering = this.#gatherings.get(partition);
    if (gathering?.fence !== fence) {
      const calls = new Gathering<Item, Result>(this.#most, (items) => this.#call(partition, items, fence));
      gathering = { fence, calls };
      this.#gatherings.set(partition, gathering);
    }
    return gathering.calls.add(item);
  }
}
