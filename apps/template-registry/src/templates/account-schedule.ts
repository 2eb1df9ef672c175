import { LeasedRounds, type Lease, type LeaseStore } from '@heliograph/redis';
import { fatal, Unavailable, type Log } from '@heliograph/runtime';
import type { MarkedAccount } from '../freshness/registry-freshness.ts';
import type { EventApplier } from '../lifecycle/event-applier.ts';
import type { Submitter } from '../submission/submitter.ts';
import type { AccountReader, RoundResult } from './account-reader.ts';
import type { Tenure } from './tenure.ts';

export interface ScheduleOptions {
  /** Most milliseconds between two readings. */
  readonly pollMs: number;
  readonly leaseMs: number;
}

/** What is done for an account while this replica holds its lease. */
export interface AccountWork {
  readonly reader: AccountReader;
  readonly applier: EventApplier;
  readonly submitter: Submitter;
}

/** A first reading that takes longer (a budget that is paused for hours) is reported by its staleness instead. */
const FIRST_READING_MS = 15_000;

/**
 * Keeps one account while this replica holds its lease, and tries to get the lease while it does not: readings again and again,
 * beside them what its provider tells by webhook, and what is to be submitted.
 */
export class AccountSchedule implements MarkedAccount {
  readonly #rounds: LeasedRounds;
  readonly #startedAt = performance.now();
  readonly #work: AccountWork;
  #settled = false;
  #tenure: Tenure | undefined;
  #ending = new AbortController();
  #beside: Promise<unknown> = Promise.resolve();

  constructor(work: AccountWork, leases: LeaseStore, { pollMs, leaseMs }: ScheduleOptions, log: Log) {
    this.#work = work;
    const { account } = work.reader;
    this.#rounds = new LeasedRounds({
      account,
      leases,
      everyMs: pollMs,
      leaseMs,
      round: (lease, signal) => this.#round(lease, signal),
      began: () => log.info({ account }, 'this replica reads the templates'),
      ended: () => this.#ended(),
      // The replica that holds it reads the account, and reports what fails.
      elsewhere: () => (this.#settled = true),
      unsure: ({ message: reason }) => log.warn({ account, reason }, 'cannot see who reads the templates'),
    });
  }

  get tenant(): string {
    return this.#work.reader.access.account.tenant;
  }

  get account(): string {
    return this.#rounds.account;
  }

  get holdsLease(): boolean {
    return this.#rounds.holdsLease;
  }

  /** As marks of freshness tell of it; see RegistryFreshness. */
  get leaseToken(): string | undefined {
    return this.#tenure?.lease.token;
  }

  get appliedBelow(): number | undefined {
    return this.#work.applier.appliedBelow();
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

  /** The provider is read soon, where this replica does it. */
  readSoon(): void {
    this.#rounds.wake();
  }

  /** Definitions of the account have changed. */
  definitionsChanged(): void {
    this.#work.submitter.look();
    this.readSoon();
  }

  /** Returns when the signal says so. */
  run(stop: AbortSignal): Promise<void> {
    return this.#rounds.run(stop);
  }

  async #round(lease: Lease, signal: AbortSignal): Promise<RoundResult> {
    const { reader, applier, submitter } = this.#work;
    const tenure = (this.#tenure ??= this.#begin(lease, signal));
    const result = await reader.round(tenure);
    if (result.kind !== 'abandoned') this.#settled = true;
    if (result.kind === 'ok')
      await applier.again(tenure, true).catch((error: unknown) => unlessUnavailable(tenure, error));
    submitter.read(result.kind === 'ok');
    return result;
  }

  #begin(lease: Lease, signal: AbortSignal): Tenure {
    this.#ending = new AbortController();
    const tenure = { lease, signal: AbortSignal.any([signal, this.#ending.signal]) };
    const { applier, submitter } = this.#work;
    this.#beside = Promise.all([applier.run(tenure), submitter.run(tenure)]).catch(fatal);
    return tenure;
  }

  async #ended(): Promise<void> {
    this.#ending.abort(new Error('the tenure has ended'));
    await this.#beside;
    this.#tenure = undefined;
  }
}

/** What could not be published comes with the next reading. */
function unlessUnavailable({ signal }: Tenure, error: unknown): void {
  if (!signal.aborted && !(error instanceof Unavailable)) throw error;
}
