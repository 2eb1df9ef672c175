import { AccountBuckets, type Account, type Accounts } from '@heliograph/accounts';
import type { CampaignReason } from '@heliograph/contracts';
import { Budget, BudgetStore, ClientRefusals, type RedisClient } from '@heliograph/redis';

const LOOK_MS = 500;
/** What was seen longer ago says nothing of now. */
const STALE_MS = 5_000;
/** Throttling passes; a provider that wants to be left alone for longer has a reason that somebody should look at. */
const LONGEST_PAUSE_MS = 120_000;

interface Watched {
  readonly account: Account;
  readonly buckets: AccountBuckets;
  readonly budget: Budget;
}

/** Whether accounts can be sent from at present, as the dispatchers have found out: looked at again and again. */
export class AccountHealth {
  private readonly watched: readonly Watched[];
  private readonly refusals: ClientRefusals;
  private seen: { readonly at: number; readonly problems: ReadonlyMap<string, CampaignReason> } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    { all }: Accounts,
    private readonly redis: RedisClient,
  ) {
    this.refusals = new ClientRefusals(redis);
    const budgets = new Map(all.map(({ tenant }) => [tenant, new Budget(new BudgetStore(redis, tenant))]));
    this.watched = all.map((account) => ({
      ...{ account, buckets: new AccountBuckets(account), budget: budgets.get(account.tenant)! },
    }));
  }

  start(): void {
    const again = (): void => {
      this.looking = this.look().finally(() => {
        if (this.timer) this.timer = setTimeout(again, LOOK_MS);
      });
    };
    this.timer = setTimeout(again, 0);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const { budget } of this.watched) budget.close();
    await this.looking;
  }

  /** Why nothing can be said (yet). */
  problem(): string | undefined {
    const isSeen = this.seen && performance.now() - this.seen.at < STALE_MS;
    return isSeen ? undefined : `the health of accounts is not known: ${this.redis.unavailable ?? 'not looked at yet'}`;
  }

  /** Why the account cannot be sent from; undefined when it can. */
  of(accountId: string): CampaignReason | undefined {
    return this.seen?.problems.get(accountId);
  }

  private async look(): Promise<void> {
    const at = performance.now();
    const found = await Promise.all(this.watched.map((one) => this.lookAt(one))).catch(() => undefined);
    // While Redis cannot be reached what was seen grows old.
    if (!found) return;
    const problems = this.watched.flatMap(({ account }, index) => {
      const reason = found[index];
      return reason ? [[account.id, reason] as const] : [];
    });
    this.seen = { at, problems: new Map(problems) };
  }

  private async lookAt({ account, buckets, budget }: Watched): Promise<CampaignReason | undefined> {
    const { id, client, secondaryClient } = account;
    const clients = [client, secondaryClient].filter((one) => one !== undefined).map((one) => one.id);
    const refused = await Promise.all(clients.map((one) => this.refusals.isRefused(id, one)));
    if (refused.every(Boolean)) {
      const which = clients.length === 1 ? 'the OAuth client' : 'both OAuth clients';
      return { code: 'account-unhealthy', reason: `the provider refuses ${which} of account ${id}` };
    }
    const { tenant } = buckets;
    await budget.levels([tenant]);
    const pausedMs = budget.snapshot().buckets.find(({ name }) => name === tenant.name)?.pausedMs ?? 0;
    if (pausedMs <= LONGEST_PAUSE_MS) return undefined;
    const seconds = Math.ceil(pausedMs / 1_000);
    return { code: 'budget-paused', reason: `the provider wants no request of account ${id} for ${seconds} s` };
  }
}
