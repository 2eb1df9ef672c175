interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/** Group commit and nothing else: what comes while one batch is under way makes the next one. */
export class GroupCommit<Item, Result = void> {
  readonly #commit: (items: Item[]) => Promise<readonly Result[] | void>;
  #waiting: Waiting<Item, Result>[] = [];
  #isCommitting = false;

  /** @param commit gives a result per item, in their order, or nothing */
  constructor(commit: (items: Item[]) => Promise<readonly Result[] | void>) {
    this.#commit = commit;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isCommitting) void this.#commitWaiting();
    });
  }

  async #commitWaiting(): Promise<void> {
    this.#isCommitting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const results = await this.#commit(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => resolve(results?.[index] as Result));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isCommitting = false;
  }
}
