import { AccountBuckets, type Account, type Accounts, type ClientCredentials } from '@heliograph/accounts';
import { withDeadline } from '@heliograph/runtime';
import type { CallOptions, CallResult } from '../call-result.ts';
import { ClientSwitch } from '../failover/client-switch.ts';
import type { LimitListener } from '../limits.ts';
import type { Profile } from '../profile.ts';
import type { ProviderClient } from '../provider-client.ts';
import { PROFILE_NAMES, profileOf } from '../registry.ts';
import {
  callProvider,
  stop,
  type AccessClient,
  type CallBudget,
  type CallLimits,
  type CallPath,
} from './call-provider.ts';

/** The budget of the account's tenant; `Budget` of @heliograph/redis is one. */
export interface AccessBudget extends CallBudget {
  observeRemaining(bucket: ReturnType<AccountBuckets['client']>, remaining: number, resetMs?: number): void;
  close(): void;
}

/** A client closes when its calls have ended; by then they have been given up. */
const CLOSE_WITHIN_MS = 1_000;
/** Calls are made one after the other. */
const CONNECTIONS = 2;

/**
 * An account as a service asks its provider now and then: with its clients, and the budget of its tenant, which every request
 * takes from. The dispatcher takes from the same buckets.
 */
export class ProviderAccess implements CallPath {
  readonly clients: ClientSwitch<AccessClient>;
  readonly buckets: AccountBuckets;

  private constructor(
    readonly account: Account,
    readonly profile: Profile,
    readonly budget: AccessBudget,
  ) {
    this.buckets = new AccountBuckets(account);
    const { client, secondaryClient: second } = account;
    this.clients = new ClientSwitch(this.#open(client), second && this.#open(second));
  }

  /**
   * @param budget of the account's tenant; it is closed with the access
   * @throws Error for a profile that does not exist
   */
  static open(account: Account, budget: AccessBudget): ProviderAccess {
    return new ProviderAccess(account, profileOrRefuse(account), budget);
  }

  /**
   * One call, see {@link callProvider}.
   *
   * @throws the signal's reason, when it comes
   */
  call<T>(
    make: (client: ProviderClient, options: CallOptions) => Promise<CallResult<T>>,
    limits: Omit<CallLimits, 'timeoutMs'>,
  ): Promise<CallResult<T>> {
    return callProvider(this, make, { ...limits, timeoutMs: this.account.requestTimeoutMs });
  }

  async close(): Promise<void> {
    this.budget.close();
    const clients = [this.clients.primary, this.clients.secondary].flatMap((one) => one?.client ?? []);
    const closed = Promise.all(clients.map((client) => client.close()));
    await withDeadline(closed, CLOSE_WITHIN_MS, 'closing the client').catch(() => undefined);
  }

  #open(client: ClientCredentials): AccessClient {
    const { id, api, requestTimeoutMs } = this.account;
    const buckets = this.buckets.request(client.id);
    const ofClient = this.buckets.client(client.id);
    const limits: LimitListener = {
      quota: ({ of, remaining, resetMs }) =>
        this.budget.observeRemaining(of === 'tenant' ? this.buckets.tenant : ofClient, remaining, resetMs),
      tokenThrottled: (moment) => void stop(this, ofClient, moment).catch(() => undefined),
    };
    const takeGrant = () => this.budget.take({ buckets, priority: 'transactional' });
    const deps = { takeGrant, limits, connections: CONNECTIONS, tokenTimeoutMs: requestTimeoutMs };
    return { id: client.id, client: this.profile.client({ id, api, client }, deps) };
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
