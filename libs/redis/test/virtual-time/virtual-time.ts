import { setImmediate as realTurn } from 'node:timers/promises';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly step: () => void;
  cancelled: boolean;
}

/**
 * Time that passes only when nothing is left to do in the present moment. Events run one by one, in the order of their moments
 * and then of their planning, so a run depends on nothing but its seed. What really takes time, a call to a real Redis, is
 * {@link hold}: virtual time stands still until it has ended.
 */
export class VirtualTime {
  #now: number;
  #order = 0;
  #held = 0;
  #running = false;
  #release: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #events: Event[] = [];

  /** @param start milliseconds of the clock of Redis */
  constructor(start = Date.UTC(2030, 0, 1)) {
    this.#now = start;
  }

  /** Milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** Runs `step` at a moment, not before the present one. @returns what takes it back */
  at(moment: number, step: () => void): () => void {
    const event = { at: Math.max(moment, this.#now), order: this.#order++, step, cancelled: false };
    this.#push(event);
    return () => void (event.cancelled = true);
  }

  /** Resolves `ms` from now. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#now + ms, resolve));
  }

  /** Time stands still until `work` has ended. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await work;
    } finally {
      this.#held--;
      if (this.#held === 0) this.#release?.();
    }
  }

  /** What a promise nobody waits for rejects with ends the run. */
  watch(work: Promise<unknown>): void {
    work.catch((error: unknown) => (this.#failure ??= { error }));
  }

  /** Lets time pass until a moment, inclusive, or until nothing is planned any more. @throws what a step threw */
  async runUntil(moment: number): Promise<void> {
    if (this.#running) throw new Error('time passes already');
    this.#running = true;
    try {
      await this.#run(moment);
    } finally {
      this.#running = false;
    }
  }

  async #run(moment: number): Promise<void> {
    await this.#settle();
    for (let event = this.#events[0]; event && event.at <= moment; event = this.#events[0]) {
      this.#pop();
      if (event.cancelled) continue;
      this.#now = event.at;
      event.step();
      await this.#settle();
    }
    this.#now = Math.max(this.#now, Number.isFinite(moment) ? moment : this.#now);
  }

  /** All promises that can go on have gone on once a real turn of the event loop passes without anything being held. */
  async #settle(): Promise<void> {
    await realTurn();
    while (this.#held > 0) {
      await new Promise<void>((resolve) => (this.#release = resolve));
      this.#release = undefined;
      await realTurn();
    }
    if (this.#failure) throw this.#failure.error;
  }

  #push(event: Event): void {
    const events = this.#events;
    let place = events.push(event) - 1;
    for (; place > 0; place = (place - 1) >> 1) {
      const above = events[(place - 1) >> 1]!;
      if (!comesBefore(event, above)) break;
      events[place] = above;
    }
    events[place] = event;
  }

  #pop(): void {
    const events = this.#events;
    const last = events.pop()!;
    if (events.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= events.length) break;
      if (below + 1 < events.length && comesBefore(events[below + 1]!, events[below]!)) below++;
      if (!comesBefore(events[below]!, last)) break;
      events[place] = events[below]!;
      place = below;
    }
    events[place] = last;
  }
}

function comesBefore(a: Event, b: Event): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}
