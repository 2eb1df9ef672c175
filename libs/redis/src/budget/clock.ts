/** What a budget takes from the machine: a clock that never goes back, and later turns of the event loop. */
export interface Clock {
  /** Milliseconds from any moment on; only differences count. */
  now(): number;
  /** Runs `step` once, `ms` from now at the earliest. @returns what takes it back */
  after(ms: number, step: () => void): () => void;
  /** Runs `step` once, after the present turn of the event loop. */
  soon(step: () => void): void;
}

/** The machine's own clock: `performance.now()`, timers, `setImmediate`. */
export const MACHINE_CLOCK: Clock = {
  now: () => performance.now(),
  after: (ms, step) => {
    const timer = setTimeout(step, Math.min(Math.ceil(ms), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
  soon: (step) => void setImmediate(step),
};
