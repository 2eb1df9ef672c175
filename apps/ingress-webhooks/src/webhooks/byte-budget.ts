/**
 * Bounds the bytes of webhooks that are in memory at once, from the first chunk read until the answer. What does not fit
 * is refused (503), so that a slow broker fills neither memory nor a queue nobody waits for any more.
 */
export class ByteBudget {
  private used = 0;

  /** @param limit bytes */
  constructor(readonly limit: number) {}

  get inUse(): number {
    return this.used;
  }

  /** @returns false when `bytes` more would exceed the limit; nothing is taken then */
  take(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}
