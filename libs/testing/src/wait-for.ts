import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Milliseconds until the wait fails. */
  timeoutMs?: number;
  /** What is waited for, in words, for the error. */
  description: string;
  /** Milliseconds between two looks at the condition. */
  intervalMs?: number;
  /** Ends the wait early with this error, for example because the process waited for has ended. */
  giveUp?: () => Error | undefined;
}

/**
 * Looks at a condition until it yields something other than undefined, null or false, and returns that.
 * A condition that throws counts as not yet fulfilled; its last error is the cause of the time-out.
 *
 * @throws Error naming the description when `timeoutMs` (10 s) have passed
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, description, intervalMs = 25, giveUp }: WaitOptions,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<T, false>>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    const given = giveUp?.();
    if (given) throw given;
    if (performance.now() >= deadline) {
      const why = cause instanceof Error ? `: ${cause.message}` : '';
      throw new Error(`not within ${timeoutMs} ms: ${description}${why}`, { cause });
    }
    await delay(intervalMs);
  }
}
