type End = () => unknown;

/** What has to be ended when the benchmarks end, however they end. */
export class Ends {
  readonly #ends = new Set<End>();

  /** @returns ends it now, once */
  add(end: End): () => Promise<void> {
    this.#ends.add(end);
    return async () => {
      if (this.#ends.delete(end)) await end();
    };
  }

  /** Ends everything that is left, the latest first. Goes on when one of them fails. */
  async all(): Promise<void> {
    for (const end of [...this.#ends].reverse()) {
      if (!this.#ends.delete(end)) continue;
      try {
        await end();
      } catch (error) {
        console.error(`bench: not everything could be ended: ${(error as Error).message}`);
      }
    }
  }
}
