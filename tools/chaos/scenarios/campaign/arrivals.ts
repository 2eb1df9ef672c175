import { waitFor, type Arrival } from '@heliograph/testing';
import { orderOf } from '../../judge/campaign-evidence.ts';
import type { Trial } from '../../run/trial.ts';

const LOOK_MS = 250;

/** What the provider has taken of a campaign so far; the log is read on from where it was read last. */
export class CampaignArrivals {
  readonly all: Arrival[] = [];
  /** By order: the number it came from, such as `whatsapp:+15550020001`. */
  readonly numbers = new Map<string, string | undefined>();
  readonly #trial: Trial;
  #reading: Promise<void> | undefined;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** How many have been taken. */
  async count(): Promise<number> {
    await (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
    return this.numbers.size;
  }

  /** Waits until so many have been taken. */
  async reach(count: number, timeoutMs: number): Promise<void> {
    const description = `the provider has taken ${count} messages of the campaign`;
    await waitFor(async () => (await this.count()) >= count, { timeoutMs, intervalMs: LOOK_MS, description });
  }

  async #read(): Promise<void> {
    const more = await this.#trial.witnesses.arrivals(this.all.at(-1)?.seq);
    // One that is in work has no end yet: it is read again, with all behind it.
    const open = more.findIndex(({ status }) => status === 0);
    const known = open < 0 ? more : more.slice(0, open);
    this.all.push(...known);
    for (const one of known)
      if (one.accepted && orderOf(one).startsWith('NEWS-')) this.numbers.set(orderOf(one), one.number);
  }
}
