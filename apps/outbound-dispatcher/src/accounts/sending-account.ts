import type { Account, AccountBuckets, LimitBucket } from '@heliograph/accounts';
import type { ClientSwitch, OAuthClient, ProviderClient, Quota, RetryMoment, TokenResult } from '@heliograph/providers';
import type { Budget, Demand, Grant } from '@heliograph/redis';
import { dispatcherMetrics } from '../metrics.ts';
import type { ConnectionSlots } from './connection-slots.ts';
import type { NumberPool } from './number-pool.ts';

/** One of the account's OAuth clients, with everything that can be asked of the provider under it. */
export interface SendingClient extends OAuthClient {
  readonly client: ProviderClient;
}

export interface SendingAccountParts {
  readonly buckets: AccountBuckets;
  /** Of the tenant: its accounts share it. */
  readonly budget: Budget;
  readonly clients: ClientSwitch<SendingClient>;
  readonly slots: ConnectionSlots;
  readonly pool: NumberPool;
  /** Whether receipts of its provider carry our reference. */
  readonly receiptsCarryReference: boolean;
}

/** An account as the dispatcher works with it: its clients, and the budget that every request of it takes from. */
export class SendingAccount {
  private pausedUntil = 0;
  private readonly waiting = new Set<AbortController>();
  readonly buckets: AccountBuckets;
  readonly clients: ClientSwitch<SendingClient>;
  readonly slots: ConnectionSlots;
  readonly pool: NumberPool;
  readonly receiptsCarryReference: boolean;
  readonly budget: Budget;

  constructor(
    readonly account: Account,
    parts: SendingAccountParts,
  ) {
    this.buckets = parts.buckets;
    this.budget = parts.budget;
    this.clients = parts.clients;
    this.slots = parts.slots;
    this.pool = parts.pool;
    this.receiptsCarryReference = parts.receiptsCarryReference;
  }

  /** Whether nothing may be sent now, not even under a grant that was given before the pause. */
  get paused(): boolean {
    return Date.now() < this.pausedUntil;
  }

  /**
   * Waits for leave to make one request under the client that is used now.
   *
   * @param leaving ends the wait; also when another client is to be used meanwhile
   * @throws Unavailable when the budget is closed; the reason why the wait was ended
   */
  take(demand: Demand, leaving: AbortController): Promise<Grant> {
    const grant = this.budget.take(demand, leaving);
    if (!this.clients.secondary) return grant;
    this.waiting.add(leaving);
    return grant.finally(() => this.waiting.delete(leaving));
  }

  /** Another client is used from now on: nobody waits for grants of the one before. */
  clientMoved(to: string): void {
    dispatcherMetrics.clientMoves.inc({ account: this.account.id, to: this.placeOf(to) });
    for (const leaving of this.waiting) leaving.abort(new Error('another client is used now'));
  }

  /** A request was throttled: every replica stops, until the moment if one was named, else for longer each time. */
  throttled(moment: RetryMoment): void {
    this.pausedUntil = Math.max(this.pausedUntil, moment.retryAt);
    this.stop(this.buckets.tenant, moment);
  }

  /** A token request was throttled: every replica leaves the client alone. */
  clientThrottled(clientId: string, moment: RetryMoment): void {
    this.stop(this.buckets.client(clientId), moment);
  }

  tokenAnswered(clientId: string, result: TokenResult): void {
    dispatcherMetrics.tokens.inc({ account: this.account.id, client: this.placeOf(clientId), result });
  }

  observe(clientId: string, { of, remaining, resetMs }: Quota): void {
    const bucket = of === 'tenant' ? this.buckets.tenant : this.buckets.client(clientId);
    this.budget.observeRemaining(bucket, remaining, resetMs);
  }

  private placeOf(clientId: string): 'primary' | 'secondary' {
    return clientId === this.account.client.id ? 'primary' : 'secondary';
  }

  private stop(bucket: LimitBucket, { retryAt, named }: RetryMoment): void {
    dispatcherMetrics.pauses.inc({ account: this.account.id });
    const stopped = named
      ? this.budget.pauseFor(Math.max(0, retryAt - Date.now()), bucket)
      : this.budget.slowDown(bucket);
    // This process stops in any case; while Redis cannot be reached the others cannot take grants either.
    void stopped.catch(() => undefined);
  }
}
