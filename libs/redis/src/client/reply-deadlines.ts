interface Awaited {
  readonly sentAt: number;
  readonly reject: (reason: unknown) => void;
  isGivenUp: boolean;
}

export interface ReplyDeadlineOptions {
  /** How long a reply is waited for, milliseconds. */
  readonly timeoutMs: number;
  /** A connection without a reply for so long is dead, though it is open; milliseconds. */
  readonly deadMs: number;
  readonly onDead: () => void;
}

/**
 * Gives up replies that do not come. One timer for all of them, since replies come in the order of their commands: a timer per
 * command, as ioredis sets it, costs more than all else that the client does for a command.
 */
export class ReplyDeadlines {
  readonly #options: ReplyDeadlineOptions;
  /** Replies that have not come, oldest first; those given up, too. */
  readonly #awaited = new Set<Awaited>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ReplyDeadlineOptions) {
    this.#options = options;
  }

  /** The reply, or an error when it does not come in time. */
  within<T>(reply: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const awaited: Awaited = { sentAt: performance.now(), reject, isGivenUp: false };
      this.#awaited.add(awaited);
      this.#timer ??= setTimeout(() => this.#check(), this.#options.timeoutMs);
      reply.then(
        (value) => {
          this.#awaited.delete(awaited);
          resolve(value);
        },
        (error: Error) => {
          this.#awaited.delete(awaited);
          reject(error);
        },
      );
    });
  }

  /** Nothing is given up any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #check(): void {
    const { timeoutMs, deadMs, onDead } = this.#options;
    this.#timer = undefined;
    const now = performance.now();
    for (const awaited of this.#awaited) {
      const age = now - awaited.sentAt;
      if (age >= deadMs) return onDead();
      if (age < timeoutMs) return this.#checkIn(timeoutMs - age);
      if (!awaited.isGivenUp) awaited.reject(new Error('Command timed out'));
      awaited.isGivenUp = true;
    }
    if (this.#awaited.size > 0) this.#checkIn(timeoutMs);
  }

  #checkIn(ms: number): void {
    this.#timer = setTimeout(() => this.#check(), ms);
  }
}
