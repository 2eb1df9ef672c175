import type { Priority } from '@heliograph/redis';

/** The next connection, for whoever was woken; void when it is not taken in time. */
export interface Claim {
  /** Gives it up. */
  end(): void;
}

/** A connection for one attempt. */
export interface Slot {
  /** The request is on its way: the next attempt may begin. Again does nothing. */
  underWay(): void;
  /** Gives the connection back. Again does nothing. */
  release(): void;
}

/** How long whoever was woken may need to get a grant before the next one is woken in his place. */
const CLAIM_MS = 50;
/**
 * Attempts between `begin` and their first byte, for which they have 50 ms: more would keep each other from making it on a busy
 * machine. Few make small batches for Redis. On a machine that is too busy for as many the budget gives fewer grants.
 */
const MOST_BEGINNING = 128;

/**
 * The connections to a provider: an attempt is begun only with one at hand, so that none runs out of time in the client's
 * queue. Who finds none free waits here, without holding anything; as one becomes free the first in line gets a claim on it,
 * for as long as a grant usually takes. Transactional before campaign.
 */
export class ConnectionSlots {
  readonly #lines: Record<Priority, ((claim: Claim) => void)[]> = { transactional: [], campaign: [] };
  #used = 0;
  #beginning = 0;
  #claimed = 0;

  constructor(
    readonly size: number,
    private readonly mostBeginning = MOST_BEGINNING,
  ) {}

  get used(): number {
    return this.#used;
  }

  /** How many wait for a connection now. */
  get waiting(): number {
    return this.#lines.transactional.length + this.#lines.campaign.length;
  }

  /** Undefined when none is free. */
  take(claim?: Claim): Slot | undefined {
    if (this.#free(0) <= 0) return undefined;
    this.#used++;
    this.#beginning++;
    claim?.end();
    const underWay = once(() => void this.#beginning--);
    const release = once(() => void this.#used--);
    return {
      underWay: () => {
        if (underWay()) this.#wake();
      },
      release: () => {
        underWay();
        if (release()) this.#wake();
      },
    };
  }

  /** Undefined when a connection is free; else resolves when one may be. */
  whenFree(priority: Priority): Promise<Claim> | undefined {
    if (this.#free(this.#claimed) > 0) return undefined;
    return new Promise((resolve) => this.#lines[priority].push(resolve));
  }

  #free(claimed: number): number {
    return Math.min(this.size - this.#used, this.mostBeginning - this.#beginning) - claimed;
  }

  #wake(): void {
    while (this.#free(this.#claimed) > 0) {
      const first = this.#lines.transactional.shift() ?? this.#lines.campaign.shift();
      if (!first) return;
      first(this.#claim());
    }
  }

  #claim(): Claim {
    this.#claimed++;
    const close = once(() => void this.#claimed--);
    const end = () => {
      clearTimeout(timer);
      if (close()) this.#wake();
    };
    const timer = setTimeout(end, CLAIM_MS);
    return { end };
  }
}

/** @returns a function that does it the first time, and says whether it did */
function once(act: () => void): () => boolean {
  let done = false;
  return () => {
    if (done) return false;
    done = true;
    act();
    return true;
  };
}
