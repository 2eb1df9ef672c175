import type { Account } from '@heliograph/accounts';
import { ProviderAccess, type Profile } from '@heliograph/providers';
import { Budget, BudgetStore, LeasedRounds, LeaseStore, type RedisClient } from '@heliograph/redis';
import type { Log } from '@heliograph/runtime';
import { Registrar } from './registrar.ts';
import type { KeptAccount } from './subscriptions.service.ts';

export interface ScheduleOptions {
  /** Most milliseconds between two checks of an account. */
  readonly everyMs: number;
  readonly leaseMs: number;
}

/** Everything that keeps the registrations of the accounts that have any. @throws Error for an unknown profile */
export function keepAccounts(
  accounts: readonly Account[],
  redis: RedisClient,
  options: ScheduleOptions,
  log: Log,
): KeptAccount[] {
  const leases = new LeaseStore(redis, 'subscriptions');
  return accounts.flatMap((account) => {
    if (!account.subscriptions) return [];
    const access = ProviderAccess.open(account, new Budget(new BudgetStore(redis, account.tenant)));
    const registrar = new Registrar(access, wantedBy(account, access.profile), log);
    return [{ registrar, rounds: roundsOf(registrar, leases, options, log) }];
  });
}

function wantedBy({ subscriptions, senders }: Account, profile: Profile) {
  const channels = [...new Set(senders.map(({ channel }) => channel))];
  const { register = [], name = '', endpoint = '' } = subscriptions ?? {};
  return register.map((kind) => profile.wantedSubscription({ kind, name, endpoint, channels }));
}

function roundsOf(registrar: Registrar, leases: LeaseStore, options: ScheduleOptions, log: Log): LeasedRounds {
  const { account } = registrar;
  return new LeasedRounds({
    account,
    leases,
    ...options,
    round: (lease, signal) => registrar.check(lease, signal),
    began: () => log.info({ account }, 'this replica keeps the registrations'),
    elsewhere: () => registrar.forget(),
    unsure: ({ message: reason }) => log.warn({ account, reason }, 'cannot see who keeps the registrations'),
  });
}
