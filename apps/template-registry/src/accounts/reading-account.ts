import { AccountBuckets, type Account, type Accounts, type ClientCredentials } from '@heliograph/accounts';
import {
  ClientSwitch,
  PROFILE_NAMES,
  profileOf,
  type LimitListener,
  type OAuthClient,
  type Profile,
  type ProviderClient,
  type RetryMoment,
} from '@heliograph/providers';
import { Budget, BudgetStore, type Bucket, type Grant, type RedisClient } from '@heliograph/redis';
import { withDeadline } from '@heliograph/runtime';

/** A client closes when its calls have ended; by then they have been given up. */
const CLOSE_WITHIN_MS = 1_000;
/** Pages are read one after the other. */
const CONNECTIONS = 2;

/** One of the account's OAuth clients. */
export interface ReadingClient extends OAuthClient {
  readonly client: ProviderClient;
}

/**
 * An account as its templates are read: with its clients, and the budget of its tenant, which every request takes from. The
 * dispatcher takes from the same buckets.
 */
export class ReadingAccount {
  readonly #clients: ClientSwitch<ReadingClient>;
  readonly #buckets: AccountBuckets;
  readonly #budget: Budget;

  private constructor(
    readonly account: Account,
    profile: Profile,
    redis: RedisClient,
  ) {
    this.#buckets = new AccountBuckets(account);
    this.#budget = new Budget(new BudgetStore(redis, account.tenant));
    const { client, secondaryClient: second } = account;
    this.#clients = new ClientSwitch(this.#open(profile, client), second && this.#open(profile, second));
  }

  static open(account: Account, redis: RedisClient): ReadingAccount {
    return new ReadingAccount(account, profileOrRefuse(account), redis);
  }

  /**
   * Makes sure that there is a token.
   *
   * @returns the client to go on with
   * @throws Unavailable when none can be had
   */
  async prepare(): Promise<ReadingClient> {
    await this.#clients.prepare();
    return this.#clients.use();
  }

  /**
   * Waits for leave to make one request under a client.
   *
   * @throws Unavailable when the account is closing, the signal's reason
   */
  take({ id }: ReadingClient, signal: AbortSignal): Promise<Grant> {
    return this.#budget.take({ buckets: this.#buckets.request(id), priority: 'transactional' }, { signal });
  }

  /** A request was throttled: every replica stops, and the dispatcher. */
  throttled(moment: RetryMoment): Promise<void> {
    return this.#stop(this.#buckets.tenant, moment);
  }

  async close(): Promise<void> {
    this.#budget.close();
    const clients = [this.#clients.primary, this.#clients.secondary].flatMap((one) => one?.client ?? []);
    const closed = Promise.all(clients.map((client) => client.close()));
    await withDeadline(closed, CLOSE_WITHIN_MS, 'closing the client').catch(() => undefined);
  }

  #open(profile: Profile, client: ClientCredentials): ReadingClient {
    const { id, api, requestTimeoutMs } = this.account;
    const buckets = this.#buckets.request(client.id);
    const limits: LimitListener = {
      quota: ({ of, remaining, resetMs }) =>
        this.#budget.observeRemaining(
          of === 'tenant' ? this.#buckets.tenant : this.#buckets.client(client.id),
          remaining,
          resetMs,
        ),
      tokenThrottled: (moment) => void this.#stop(this.#buckets.client(client.id), moment).catch(() => undefined),
    };
    const takeGrant = () => this.#budget.take({ buckets, priority: 'transactional' });
    const deps = { takeGrant, limits, connections: CONNECTIONS, tokenTimeoutMs: requestTimeoutMs };
    return { id: client.id, client: profile.client({ id, api, client }, deps) };
  }

  #stop(bucket: Bucket, { retryAt, named }: RetryMoment): Promise<void> {
    return named ? this.#budget.pauseFor(Math.max(0, retryAt - Date.now()), bucket) : this.#budget.slowDown(bucket);
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
