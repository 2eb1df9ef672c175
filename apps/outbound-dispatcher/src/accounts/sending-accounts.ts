import type { Accounts } from '@heliograph/accounts';
import { profileOf } from '@heliograph/providers';
import { BudgetScheduler, BudgetStore, type RedisClient } from '@heliograph/redis';
import { sendingAccounts } from '../metrics.ts';
import { SendingAccount } from './sending-account.ts';

/** Every account with its provider client and its budget; token requests take from the same budget as sends. */
export class SendingAccounts {
  private readonly byIdMap: ReadonlyMap<string, SendingAccount>;

  /** @throws Error when an account names a profile that does not exist */
  constructor(accounts: Accounts, redis: RedisClient) {
    this.byIdMap = new Map(accounts.all.map((account) => [account.id, open(account, redis)]));
    for (const account of this.byIdMap.values()) sendingAccounts.add(account);
  }

  byId(id: string): SendingAccount | undefined {
    return this.byIdMap.get(id);
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.byIdMap.values()].map(async (account) => {
        sendingAccounts.delete(account);
        account.budget.close();
        await account.client.close();
      }),
    );
  }
}

function open(account: Accounts['all'][number], redis: RedisClient): SendingAccount {
  const profile = profileOf(account.profile);
  if (!profile) throw new Error(`account ${account.id}: profile "${account.profile}" does not exist`);
  const { requests: limit, perSeconds } = account.limits;
  const store = new BudgetStore(redis, account.id);
  const budget = new BudgetScheduler(store, [{ name: 'requests', limit, periodMs: perSeconds * 1_000 }]);
  const client = profile.client(account, {
    takeGrant: async () => {
      await budget.take();
    },
  });
  return new SendingAccount(account, client, budget);
}
