import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Unavailable } from '@heliograph/runtime';
import type { LeaseStore } from './lease-store.ts';
import { Lease } from './lease.ts';

/** How a round ended. `throttled`: not before `retryAt`, milliseconds of Date.now(). `abandoned`: the signal came. */
export type RoundEnd =
  | { readonly kind: 'ok' }
  | { readonly kind: 'throttled'; readonly retryAt: number }
  | { readonly kind: 'failed' }
  | { readonly kind: 'abandoned' };

export interface LeasedRoundsOptions {
  readonly account: string;
  readonly leases: LeaseStore;
  /** Most milliseconds between two rounds; each wait is up to a quarter shorter, at random. */
  readonly everyMs: number;
  /** After so long another replica takes over from one that fell silent. */
  readonly leaseMs: number;
  /**
   * One round. What must not happen without the lease is begun before `lease.endsAt` only.
   *
   * @param signal aborts with the lease, and when the rounds are to stop
   */
  readonly round: (lease: Lease, signal: AbortSignal) => Promise<RoundEnd>;
  /** This replica does the rounds from now on. */
  readonly began?: () => void;
  /** The lease has ended, or is about to be given back: what was begun beside the rounds ends here. */
  readonly ended?: () => Promise<void>;
  /** Another replica does them, as far as we know. */
  readonly elsewhere?: () => void;
  /** Redis could not say who does them. */
  readonly unsure?: (error: Unavailable) => void;
}

const FIRST_BACK_OFF_MS = 1_000;

/** Does rounds of work for one account while this replica holds its lease, and tries to get the lease while it does not. */
export class LeasedRounds {
  readonly #token = randomUUID();
  #lastDone = performance.now();
  #everDone = false;
  #holdsLease = false;
  #awake = new AbortController();

  constructor(private readonly options: LeasedRoundsOptions) {}

  get account(): string {
    return this.options.account;
  }

  get holdsLease(): boolean {
    return this.#holdsLease;
  }

  /** Seconds since the last complete round by any replica that we know of, at first since the start. */
  get staleSeconds(): number {
    return (performance.now() - this.#lastDone) / 1_000;
  }

  /** Whether a complete round by any replica is known of. */
  get everDone(): boolean {
    return this.#everDone;
  }

  /** The next round begins as soon as the present one has ended, without the wait between rounds. */
  wake(): void {
    this.#awake.abort();
  }

  /** Returns when the signal says so. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const lease = await this.#take();
      if (lease) await this.#workUnder(lease, stop);
      await pause(shortened(this.options.leaseMs / 3), stop);
    }
  }

  async #take(): Promise<Lease | undefined> {
    const { leases, account, leaseMs } = this.options;
    try {
      const { lease, doneAgoMs } = await Lease.take(leases, account, this.#token, leaseMs);
      if (doneAgoMs !== undefined) this.#done(doneAgoMs);
      if (!lease) this.options.elsewhere?.();
      return lease;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      this.options.unsure?.(error);
      return undefined;
    }
  }

  async #workUnder(lease: Lease, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, lease.signal]);
    this.#holdsLease = true;
    this.options.began?.();
    try {
      for (let failures = 0; !signal.aborted;) {
        this.#awake = new AbortController();
        const end = await this.options.round(lease, signal);
        failures = end.kind === 'failed' ? failures + 1 : 0;
        if (end.kind === 'ok') this.#done(0);
        // Who has failed, or is to wait, is not woken.
        const until = end.kind === 'ok' ? AbortSignal.any([signal, this.#awake.signal]) : signal;
        await pause(this.#waitAfter(end, failures), until);
      }
    } finally {
      this.#holdsLease = false;
      await this.options.ended?.();
      await lease.release();
    }
  }

  #done(agoMs: number): void {
    this.#everDone = true;
    this.#lastDone = performance.now() - agoMs;
  }

  #waitAfter(end: RoundEnd, failures: number): number {
    const { everyMs } = this.options;
    switch (end.kind) {
      case 'ok':
        return shortened(everyMs);
      case 'throttled':
        return Math.max(0, end.retryAt - Date.now());
      case 'failed':
        return shortened(Math.min(everyMs, FIRST_BACK_OFF_MS * 2 ** Math.min(failures - 1, 20)));
      case 'abandoned':
        return 0;
    }
  }
}

/** By up to a quarter, so that replicas and accounts do not keep step. */
const shortened = (ms: number): number => ms * (1 - Math.random() / 4);

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
