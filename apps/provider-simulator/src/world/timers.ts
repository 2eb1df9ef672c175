/** Every delay of one world, so that closing it leaves no timer and no waiting request behind. */
export class Timers {
  readonly #running = new Map<NodeJS.Timeout, (() => void) | undefined>();
  #closed = false;

  /** Runs `action` after `ms`, unless closed before. */
  after(ms: number, action: () => void, whenClosed?: () => void): void {
    if (this.#closed) {
      whenClosed?.();
      return;
    }
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      action();
    }, ms);
    this.#running.set(timer, whenClosed);
  }

  /** Resolves to true after `ms`, or to false at once when closed. */
  pause(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.after(
        ms,
        () => resolve(true),
        () => resolve(false),
      );
    });
  }

  close(): void {
    this.#closed = true;
    for (const [timer, whenClosed] of this.#running) {
      clearTimeout(timer);
      whenClosed?.();
    }
    this.#running.clear();
  }
}
