import type { KnownBucket } from './known-buckets.ts';

/** What was seen lately needs no look. */
const FRESH_MS = 50;

/** Those who want to know how many some buckets could grant; all of them are answered by the next call to Redis. */
export class Lookers {
  #buckets = new Set<KnownBucket>();
  #settlers: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[] = [];

  get waiting(): boolean {
    return this.#settlers.length > 0;
  }

  /** @returns undefined when all of them were seen lately */
  look(buckets: readonly KnownBucket[], now: number): Promise<void> | undefined {
    const old = buckets.filter(({ seenAt }) => seenAt < now - FRESH_MS);
    if (old.length === 0) return undefined;
    for (const bucket of old) this.#buckets.add(bucket);
    return new Promise((resolve, reject) => this.#settlers.push({ resolve, reject }));
  }

  takeOut() {
    const buckets = this.#buckets;
    const settlers = this.#settlers;
    this.#buckets = new Set();
    this.#settlers = [];
    return {
      buckets,
      resolve: () => settlers.forEach(({ resolve }) => resolve()),
      reject: (reason: unknown) => settlers.forEach(({ reject }) => reject(reason)),
    };
  }

  fail(reason: unknown): void {
    this.takeOut().reject(reason);
  }
}
