import { LeasedRounds, type Lease, type LeaseStore } from '@heliograph/redis';
import type { Log } from '@heliograph/runtime';
import type { AccountReader, RoundResult } from './account-reader.ts';

export interface ScheduleOptions {
  /** Most milliseconds between two readings. */
  readonly pollMs: number;
  readonly leaseMs: number;
}

/** A first reading that takes longer (a budget that is paused for hours) is reported by its staleness instead. */
const FIRST_READING_MS = 15_000;

/** Reads one account again and again while this replica holds its lease, and tries to get the lease while it does not. */
export class AccountSchedule {
  readonly #rounds: LeasedRounds;
  readonly #startedAt = performance.now();
  #settled = false;

  constructor(
    private readonly reader: AccountReader,
    leases: LeaseStore,
    { pollMs, leaseMs }: ScheduleOptions,
    log: Log,
  ) {
    const { account } = reader;
    this.#rounds = new LeasedRounds({
      account,
      leases,
      everyMs: pollMs,
      leaseMs,
      round: (lease, signal) => this.read(lease, signal),
      began: () => log.info({ account }, 'this replica reads the templates'),
      // The replica that holds it reads the account, and reports what fails.
      elsewhere: () => (this.#settled = true),
      unsure: ({ message: reason }) => log.warn({ account, reason }, 'cannot see who reads the templates'),
    });
  }

  get account(): string {
    return this.#rounds.account;
  }

  get holdsLease(): boolean {
    return this.#rounds.holdsLease;
  }

  /** Seconds since the last complete reading by any replica that we know of, at first since the start. */
  get staleSeconds(): number {
    return this.#rounds.staleSeconds;
  }

  /**
   * Why this account keeps the service from being ready: its first reading has not ended, well or with a reported failure,
   * within a time that a dead provider cannot prolong.
   */
  problem(): string | undefined {
    if (this.#settled || performance.now() - this.#startedAt > FIRST_READING_MS) return undefined;
    return `the first reading of account ${this.account} has not ended`;
  }

  /** Returns when the signal says so. */
  run(stop: AbortSignal): Promise<void> {
    return this.#rounds.run(stop);
  }

  private async read(lease: Lease, signal: AbortSignal): Promise<RoundResult> {
    const result = await this.reader.round(lease, signal);
    if (result.kind !== 'abandoned') this.#settled = true;
    return result;
  }
}
