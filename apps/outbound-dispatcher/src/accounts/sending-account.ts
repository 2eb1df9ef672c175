import type { Account } from '@heliograph/accounts';
import type { ProviderClient } from '@heliograph/providers';
import type { BudgetScheduler } from '@heliograph/redis';
import { dispatcherMetrics } from '../metrics.ts';

/** An account as the dispatcher works with it: its client, and the budget that every request of it takes from. */
export class SendingAccount {
  private pausedUntil = 0;

  constructor(
    readonly account: Account,
    readonly client: ProviderClient,
    readonly budget: BudgetScheduler,
  ) {}

  /** Whether nothing may be sent now, not even under a grant that was given before the pause. */
  get paused(): boolean {
    return Date.now() < this.pausedUntil;
  }

  /**
   * Stops every replica until the moment a provider named.
   *
   * @param moment milliseconds of Date.now()
   */
  pauseUntil(moment: number): void {
    if (moment <= this.pausedUntil) return;
    this.pausedUntil = moment;
    dispatcherMetrics.pauses.inc({ account: this.account.id });
    // This process pauses in any case; while Redis cannot be reached the others cannot take grants either.
    void this.budget.pauseFor(Math.max(0, moment - Date.now())).catch(() => undefined);
  }
}
