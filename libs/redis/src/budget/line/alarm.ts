import type { Clock } from '../clock.ts';

/** One timer: rings at the earliest moment that was set. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = Infinity;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  set(at: number): void {
    if (this.#at <= at) return;
    this.cancel();
    this.#at = at;
    this.#cancel = this.#clock.after(at - this.#clock.now(), () => {
      this.#at = Infinity;
      this.#ring();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#at = Infinity;
  }
}
