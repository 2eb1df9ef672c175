import type { Timers } from './timers.ts';

interface Waiter {
  readonly condition: () => boolean;
  readonly resolve: (reached: boolean) => void;
}

/** Callers that wait for a condition over the world; asked again after each change, never polled. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();
  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Resolves to true when the condition holds, to false after `timeoutMs` or when the world is closed. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = { condition, resolve };
      this.#waiting.add(waiter);
      const giveUp = () => {
        this.#waiting.delete(waiter);
        resolve(false);
      };
      this.#timers.after(timeoutMs, giveUp, giveUp);
    });
  }

  changed(): void {
    for (const waiter of this.#waiting) {
      if (!waiter.condition()) continue;
      this.#waiting.delete(waiter);
      waiter.resolve(true);
    }
  }
}
