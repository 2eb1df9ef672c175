/** What became of the ids that went in. All lists are empty when every id came out once and in its key's order. */
export interface LedgerReport {
  readonly in: number;
  readonly out: number;
  /** Went in and never came out. */
  readonly lost: string[];
  /** Came out more than once, with how often. */
  readonly repeated: Record<string, number>;
  /** Came out and never went in. */
  readonly unknown: string[];
  /** Pairs of one key that first came out in the other order than they went in. */
  readonly swapped: { key: string; earlier: string; later: string }[];
}

interface Arrival {
  readonly key: string | undefined;
  times: number;
}

/** Counts every id that goes into a pipeline and comes out of it: what is lost, repeated, or swapped within its key. */
export class IdLedger {
  /** Place of an id among those of its key. */
  readonly #in = new Map<string, { key: string; place: number }>();
  readonly #perKey = new Map<string, number>();
  /** In order of first arrival. */
  readonly #out = new Map<string, Arrival>();

  /** Notes an id that goes in. Order within a key is the order of these calls. */
  sent(id: string, key: string): void {
    if (this.#in.has(id)) throw new Error(`id ${id} went in twice: ids must be unique at the source`);
    const place = this.#perKey.get(key) ?? 0;
    this.#perKey.set(key, place + 1);
    this.#in.set(id, { key, place });
  }

  /** Notes an id that came out. */
  seen(id: string): void {
    const arrival = this.#out.get(id);
    if (arrival) arrival.times++;
    else this.#out.set(id, { key: this.#in.get(id)?.key, times: 1 });
  }

  /** True once every id that went in has come out at least once: the condition to wait for. */
  get complete(): boolean {
    for (const id of this.#in.keys()) if (!this.#out.has(id)) return false;
    return true;
  }

  report(): LedgerReport {
    const arrivals = [...this.#out];
    return {
      in: this.#in.size,
      out: arrivals.reduce((sum, [, { times }]) => sum + times, 0),
      lost: [...this.#in.keys()].filter((id) => !this.#out.has(id)),
      repeated: Object.fromEntries(arrivals.filter(([, { times }]) => times > 1).map(([id, { times }]) => [id, times])),
      unknown: arrivals.filter(([id]) => !this.#in.has(id)).map(([id]) => id),
      swapped: this.#swapped(arrivals),
    };
  }

  /** @throws Error with the report when an id was lost, repeated, unknown or swapped */
  assertExactlyOnceInOrder(): void {
    const report = this.report();
    const faults = [report.lost, report.unknown, report.swapped, Object.keys(report.repeated)];
    if (faults.some((list) => list.length > 0)) throw new Error(`ids went wrong: ${JSON.stringify(report)}`);
  }

  #swapped(arrivals: [string, Arrival][]): LedgerReport['swapped'] {
    const furthest = new Map<string, { place: number; id: string }>();
    const swapped: LedgerReport['swapped'] = [];
    for (const [id] of arrivals) {
      const entry = this.#in.get(id);
      if (!entry) continue;
      const last = furthest.get(entry.key);
      if (last && last.place > entry.place) swapped.push({ key: entry.key, earlier: id, later: last.id });
      else furthest.set(entry.key, { place: entry.place, id });
    }
    return swapped;
  }
}
