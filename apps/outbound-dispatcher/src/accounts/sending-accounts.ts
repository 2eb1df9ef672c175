import { AccountBuckets, type Account, type Accounts, type ClientCredentials } from '@heliograph/accounts';
import { ClientSwitch, type Profile, type TokenResult } from '@heliograph/providers';
import { Budget, BudgetStore, ClientRefusals, type RedisClient } from '@heliograph/redis';
import { sendingAccounts } from '../metrics.ts';
import { ConnectionSlots } from './connection-slots.ts';
import { NumberPool } from './number-pool.ts';
import { SendingAccount, type SendingClient } from './sending-account.ts';

/** Attempts of one account at the same time, each on a connection of its own. */
const CONNECTIONS = 128;
/** More, so that a token can be asked for while all of those are busy. */
const TOKEN_CONNECTIONS = 2;
/** How often it is looked whether another replica found the primary client throttled. */
const LOOK_MS = 250;

/** Every account with its provider clients and its budget; token requests take from the same budget as sends. */
export class SendingAccounts {
  private readonly byIdMap: ReadonlyMap<string, SendingAccount>;
  private readonly budgets = new Map<string, Budget>();
  private readonly looking: NodeJS.Timeout;
  private readonly refusals: ClientRefusals;

  /**
   * @param profileNamed the profiles there are
   * @throws Error when an account names a profile that does not exist
   */
  constructor(
    accounts: Accounts,
    private readonly redis: RedisClient,
    private readonly profileNamed: (name: string) => Profile | undefined,
  ) {
    this.refusals = new ClientRefusals(redis);
    this.byIdMap = new Map(accounts.all.map((account) => [account.id, this.open(account)]));
    for (const account of this.byIdMap.values()) sendingAccounts.add(account);
    this.looking = setInterval(() => this.look(), LOOK_MS).unref();
  }

  get all(): readonly SendingAccount[] {
    return [...this.byIdMap.values()];
  }

  byId(id: string): SendingAccount | undefined {
    return this.byIdMap.get(id);
  }

  async close(): Promise<void> {
    clearInterval(this.looking);
    for (const budget of this.budgets.values()) budget.close();
    for (const account of this.byIdMap.values()) sendingAccounts.delete(account);
    const clients = [...this.byIdMap.values()].flatMap(({ clients: { primary, secondary } }) => [
      primary,
      ...(secondary ? [secondary] : []),
    ]);
    await Promise.all(clients.map(({ client }) => client.close()));
  }

  private open(account: Account): SendingAccount {
    const profile = this.profileNamed(account.profile);
    if (!profile) throw new Error(`account ${account.id}: profile "${account.profile}" does not exist`);
    const buckets = new AccountBuckets(account);
    const budget = this.budgetOf(account.tenant);
    const connect = (credentials: ClientCredentials): SendingClient => ({
      id: credentials.id,
      client: profile.client(
        { id: account.id, api: account.api, client: credentials },
        {
          takeGrant: () => budget.take({ buckets: buckets.request(credentials.id), priority: 'transactional' }),
          limits: {
            quota: (quota) => sending.observe(credentials.id, quota),
            tokenThrottled: (moment) => sending.clientThrottled(credentials.id, moment),
            tokenAnswered: (result) => {
              sending.tokenAnswered(credentials.id, result);
              this.tell(account.id, credentials.id, result);
            },
          },
          connections: CONNECTIONS + TOKEN_CONNECTIONS,
          tokenTimeoutMs: account.requestTimeoutMs,
        },
      ),
    });
    const { client, secondaryClient: second } = account;
    const moved = (to: string) => sending.clientMoved(to);
    const sending = new SendingAccount(account, {
      buckets,
      budget,
      clients: new ClientSwitch(connect(client), second && connect(second), { moved }),
      slots: new ConnectionSlots(CONNECTIONS),
      pool: new NumberPool(buckets, budget),
      receiptsCarryReference: profile.receiptsCarryReference === true,
    });
    return sending;
  }

  /** So that others know what the account can be used for. */
  private tell(account: string, client: string, result: TokenResult): void {
    if (result === 'throttled' || result === 'unavailable') return;
    const told = result === 'token' ? this.refusals.accepted(account, client) : this.refusals.refused(account, client);
    // The next answer tells it again.
    void told.catch(() => undefined);
  }

  private budgetOf(tenant: string): Budget {
    const known = this.budgets.get(tenant);
    if (known) return known;
    const budget = new Budget(new BudgetStore(this.redis, tenant));
    this.budgets.set(tenant, budget);
    return budget;
  }

  /** A client that any replica found throttled is paused for all of them. */
  private look(): void {
    for (const { clients, buckets, budget } of this.byIdMap.values()) {
      if (!clients.secondary || clients.state !== 'closed') continue;
      const { name } = buckets.client(clients.primary.id);
      clients.avoidPrimary(budget.snapshot().buckets.find((bucket) => bucket.name === name)?.pausedMs ?? 0);
    }
  }
}
