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
   *
   * Lanes that wait for the same thing give the same reason, and others another: when many wait for long, a few of each
   * reason are kept at hand. `giveUp` is called when the lane is parked or its partition lost, so that nothing is reserved
   * for it any more; it may be called late.
   */
  | {
      readonly kind: 'blocked';
      readonly reason: string;
      readonly until: Promise<unknown> | number;
      readonly giveUp?: (() => void) | undefined;
    };

export const done: Outcome = { kind: 'done' };
export const skip = (reason: string): Outcome => ({ kind: 'skipped', reason });
export const deadLetter = (reason: string): Outcome => ({ kind: 'dead', reason });
export const blocked = (reason: string, until: Promise<unknown> | number, giveUp?: () => void): Outcome => ({
  kind: 'blocked',
  reason,
  until,
  giveUp,
});
