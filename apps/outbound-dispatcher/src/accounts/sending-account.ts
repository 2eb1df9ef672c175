import type { Account } from '@heliograph/accounts';
import type { ProviderClient } from '@heliograph/providers';
import type { BudgetScheduler } from '@heliograph/redis';

/** An account as the dispatcher works with it: its client, and the budget that every request of it takes from. */
export interface SendingAccount {
  readonly account: Account;
  readonly client: ProviderClient;
  readonly budget: BudgetScheduler;
}
