import type { Lease } from '@heliograph/redis';

/** The time in which this replica holds an account's lease. */
export interface Tenure {
  readonly lease: Lease;
  /** Aborts with the lease, and when the service stops. */
  readonly signal: AbortSignal;
}

/** Something that several may wait for, again and again. */
export class Bell {
  #rung = Promise.withResolvers<void>();

  ring(): void {
    this.#rung.resolve();
    this.#rung = Promise.withResolvers();
  }

  /** Resolves when it rings next. */
  next(): Promise<void> {
    return this.#rung.promise;
  }
}

/** Resolves when the time is over, one of `others` resolves, or the signal comes. */
export async function waitAtMost(
  ms: number,
  signal: AbortSignal,
  ...others: readonly Promise<unknown>[]
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(() => over.resolve(), Math.min(ms, 2 ** 31 - 1));
  const end = (): void => over.resolve();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  await Promise.race([over.promise, ...others]);
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
}
