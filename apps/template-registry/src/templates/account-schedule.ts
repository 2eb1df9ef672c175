import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Unavailable, type Log } from '@heliograph/runtime';
import type { LeaseStore } from '../lease/lease.store.ts';
import { Lease } from '../lease/lease.ts';
import type { AccountReader, RoundResult } from './account-reader.ts';

export interface ScheduleOptions {
  /** Most milliseconds between two readings. */
  readonly pollMs: number;
  readonly leaseMs: number;
}

const FIRST_BACK_OFF_MS = 1_000;
/** A first reading that takes longer (a budget that is paused for hours) is reported by its staleness instead. */
const FIRST_READING_MS = 15_000;

/** Reads one account again and again while this replica holds its lease, and tries to get the lease while it does not. */
export class AccountSchedule {
  readonly #token = randomUUID();
  readonly #startedAt = performance.now();
  #lastRead = performance.now();
  #settled = false;
  #holdsLease = false;

  constructor(
    private readonly reader: AccountReader,
    private readonly leases: LeaseStore,
    private readonly options: ScheduleOptions,
    private readonly log: Log,
  ) {}

  get account(): string {
    return this.reader.account;
  }

  get holdsLease(): boolean {
    return this.#holdsLease;
  }

  /** Seconds since the last complete reading by any replica that we know of, at first since the start. */
  get staleSeconds(): number {
    return (performance.now() - this.#lastRead) / 1_000;
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
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const lease = await this.take();
      if (lease) await this.readUnder(lease, stop);
      await pause(shortened(this.options.leaseMs / 3), stop);
    }
  }

  private async take(): Promise<Lease | undefined> {
    try {
      const { lease, readAgoMs } = await Lease.take(this.leases, this.account, this.#token, this.options.leaseMs);
      if (readAgoMs !== undefined) this.#lastRead = performance.now() - readAgoMs;
      // The replica that holds it reads the account, and reports what fails.
      if (!lease) this.#settled = true;
      return lease;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      this.log.warn({ account: this.account, reason: error.message }, 'cannot see who reads the templates');
      return undefined;
    }
  }

  private async readUnder(lease: Lease, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, lease.signal]);
    this.#holdsLease = true;
    this.log.info({ account: this.account }, 'this replica reads the templates');
    try {
      for (let failures = 0; !signal.aborted;) {
        const result = await this.reader.round(lease, signal);
        failures = result.kind === 'failed' ? failures + 1 : 0;
        if (result.kind !== 'abandoned') this.#settled = true;
        if (result.kind === 'ok') this.#lastRead = performance.now();
        await pause(this.waitAfter(result, failures), signal);
      }
    } finally {
      this.#holdsLease = false;
      await lease.release();
    }
  }

  private waitAfter(result: RoundResult, failures: number): number {
    const { pollMs } = this.options;
    switch (result.kind) {
      case 'ok':
        return shortened(pollMs);
      case 'throttled':
        return Math.max(0, result.retryAt - Date.now());
      case 'failed':
        return shortened(Math.min(pollMs, FIRST_BACK_OFF_MS * 2 ** Math.min(failures - 1, 20)));
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
