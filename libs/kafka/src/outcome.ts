/**
 * How the handling of a record ended. Expected ends are values; a thrown error means retry (`Retryable`, `Unavailable`,
 * `FenceLost`) or, for anything else, a dead letter at once.
 */
export type Outcome =
  | { readonly kind: 'done' }
  /** Nothing to do, for a reason worth counting: a repeat, a receipt that says nothing new. */
  | { readonly kind: 'skipped'; readonly reason: string }
  /** Cannot be handled, now or later. */
  | { readonly kind: 'dead'; readonly reason: string }
  /**
   * May not run yet. The lane holds its place without holding a worker, and the handler is called again for the same
   * record when `until` (a promise, or a moment in milliseconds of Date.now()) is there. Costs no attempt.
   */
  | { readonly kind: 'blocked'; readonly reason: string; readonly until: Promise<unknown> | number };

export const done: Outcome = { kind: 'done' };
export const skip = (reason: string): Outcome => ({ kind: 'skipped', reason });
export const deadLetter = (reason: string): Outcome => ({ kind: 'dead', reason });
export const blocked = (reason: string, until: Promise<unknown> | number): Outcome => ({
  kind: 'blocked',
  reason,
  until,
});
