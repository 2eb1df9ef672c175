/** A fault, as the records see it that were in flight when it struck. */
export interface Strike {
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Records that were accepted and had not ended. */
  readonly inFlight: number;
  /** When the last of them ended; undefined while some have not. */
  readonly recoveredAt?: number;
}

type OpenStrike = { -readonly [Field in keyof Strike]: Strike[Field] };

/** Which records the driver got accepted and which of them have ended, told by the reader of the topics. */
export class InFlight {
  readonly strikes: readonly Strike[] = [];
  readonly #open = new Set<string>();
  /** Ended, possibly before the driver had its answer. */
  readonly #ended = new Set<string>();
  readonly #hit = new Map<OpenStrike, Set<string>>();
  #accepted = 0;

  /** How many are accepted and have not ended. */
  get count(): number {
    return this.#open.size;
  }

  get accepted(): number {
    return this.#accepted;
  }

  accept(id: string): void {
    this.#accepted++;
    if (!this.#ended.has(id)) this.#open.add(id);
  }

  /** Notes an end; further ones of the same record change nothing. */
  end(id: string, now = Date.now()): void {
    this.#ended.add(id);
    if (!this.#open.delete(id)) return;
    for (const [strike, hit] of this.#hit) {
      if (!hit.delete(id) || hit.size > 0) continue;
      strike.recoveredAt = now;
      this.#hit.delete(strike);
    }
  }

  hasEnded(id: string): boolean {
    return this.#ended.has(id);
  }

  /** A fault strikes now: whatever is in flight is hit by it. */
  strike(what: string, now = Date.now()): Strike {
    const strike: OpenStrike = { what, at: now, inFlight: this.#open.size };
    if (this.#open.size === 0) strike.recoveredAt = now;
    else this.#hit.set(strike, new Set(this.#open));
    (this.strikes as Strike[]).push(strike);
    return strike;
  }
}
