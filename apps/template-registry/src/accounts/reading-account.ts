import type { Account, Accounts } from '@heliograph/accounts';
import { PROFILE_NAMES, profileOf, type Profile, type ProviderClient } from '@heliograph/providers';
import { BudgetScheduler, BudgetStore, type RedisClient } from '@heliograph/redis';
import { withDeadline } from '@heliograph/runtime';

/** A client closes when its calls have ended; by then they have been given up. */
const CLOSE_WITHIN_MS = 1_000;
/** Pages are read one after the other. */
const CONNECTIONS = 2;

/** An account as its templates are read: with its client, and the budget that every request of the account takes from. */
export class ReadingAccount {
  private constructor(
    readonly account: Account,
    readonly client: ProviderClient,
    readonly budget: BudgetScheduler,
  ) {}

  /** @throws RangeError when the limits of the account cannot be kept */
  static open(account: Account, redis: RedisClient): ReadingAccount {
    const profile = profileOrRefuse(account);
    const { requests: limit, perSeconds } = account.limits;
    // The bucket that the dispatcher takes from, too.
    const bucket = { name: 'requests', limit, periodMs: perSeconds * 1_000 };
    const budget = new BudgetScheduler(new BudgetStore(redis, account.id), [bucket]);
    const client = profile.client(account, {
      takeGrant: async () => void (await budget.take()),
      connections: CONNECTIONS,
      tokenTimeoutMs: account.requestTimeoutMs,
    });
    return new ReadingAccount(account, client, budget);
  }

  async close(): Promise<void> {
    this.budget.close();
    await withDeadline(this.client.close(), CLOSE_WITHIN_MS, 'closing the client').catch(() => undefined);
  }
}

/** @throws Error that names the account */
export function refuseUnknownProfiles(accounts: Accounts): void {
  for (const account of accounts.all) profileOrRefuse(account);
}

function profileOrRefuse({ id, profile: name }: Account): Profile {
  const profile = profileOf(name);
  if (profile) return profile;
  throw new Error(`account ${id}: profile "${name}" does not exist (known: ${PROFILE_NAMES.join(', ')})`);
}
