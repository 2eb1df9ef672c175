import type { LeaseStore } from './lease-store.ts';

/**
 * The right to do one kind of work for one account, held by one replica at a time.
 *
 * Its end is counted on our own clock from before the request that took or renewed it, so we stop before Redis gives it to
 * somebody else. Whatever must not happen without it is begun before {@link endsAt} only.
 */
export class Lease {
  readonly #ended = new AbortController();
  #endsAt: number;
  #renewal: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;

  private constructor(
    private readonly store: LeaseStore,
    private readonly account: string,
    readonly token: string,
    private readonly ttlMs: number,
    takenAt: number,
  ) {
    this.#endsAt = takenAt + ttlMs;
    this.#expire();
    this.#renewal = setInterval(() => void this.#renew(), ttlMs / 3);
  }

  /**
   * @param token random, one per replica and account: what was taken without our hearing of it is found again
   * @returns the lease, unless another replica holds it; and how long ago any replica ended a round
   * @throws Unavailable
   */
  static async take(
    store: LeaseStore,
    account: string,
    token: string,
    ttlMs: number,
  ): Promise<{ readonly lease?: Lease; readonly doneAgoMs?: number }> {
    const takenAt = performance.now();
    const { ours, ...done } = await store.take(account, token, ttlMs);
    return ours ? { lease: new Lease(store, account, token, ttlMs, takenAt), ...done } : done;
  }

  /** Aborts when the lease is lost: another has it, or it could not be renewed in time. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** Moment of performance.now() from which another replica may hold it. */
  get endsAt(): number {
    return this.#endsAt;
  }

  /** @throws Unavailable */
  async markDone(): Promise<void> {
    await this.store.markDone(this.account, this.token);
  }

  /** Gives it back at once, or leaves it to its end when Redis cannot be reached. */
  async release(): Promise<void> {
    this.#end('given back');
    await this.store.release(this.account, this.token).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const startedAt = performance.now();
    try {
      const { ours } = await this.store.take(this.account, this.token, this.ttlMs);
      if (!ours) return this.#end('another replica has it');
      if (this.#ended.signal.aborted) return;
      this.#endsAt = startedAt + this.ttlMs;
      this.#expire();
    } catch {
      // Tried again until it ends.
    }
  }

  #expire(): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#end('it could not be renewed'), this.#endsAt - performance.now());
  }

  #end(reason: string): void {
    clearInterval(this.#renewal);
    clearTimeout(this.#expiry);
    this.#ended.abort(new Error(`the lease of account ${this.account} has ended: ${reason}`));
  }
}
