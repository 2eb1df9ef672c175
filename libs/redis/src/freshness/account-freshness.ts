import { Unavailable } from '@heliograph/runtime';
import type { RedisClient } from '../client/redis-client.ts';
import { accountFreshnessKey, leaseKey } from '../keys.ts';
import { MARK_FRESH, MARK_KEEP_MS, readMark, type RedisMoment } from './freshness-mark.ts';

export interface AccountMarks {
  /** Redis' clock just before the marks were read. */
  readonly now: RedisMoment;
  /** In the order of the accounts that were asked for; undefined where there is none. */
  readonly marks: readonly (RedisMoment | undefined)[];
}

/**
 * Freshness marks of a stage whose work is shared by leases, one per account: written by whoever holds the account's lease. As
 * FreshnessStore in all else.
 */
export class AccountFreshness {
  /** @param scope the kind of work, as of its LeaseStore */
  constructor(
    private readonly redis: RedisClient,
    private readonly scope: string,
  ) {}

  /**
   * Raises the mark of an account; it never goes back. A moment of a Redis run that is over marks nothing.
   *
   * @param token of the account's lease
   * @throws Unavailable, or Redis' error when the lease is another's
   */
  async mark(account: string, { run, ms }: RedisMoment, token: string): Promise<void> {
    if (run !== this.redis.runId) return;
    const keys = [leaseKey(this.scope, account), accountFreshnessKey(this.scope, account)];
    await this.redis.runScript(MARK_FRESH, keys, [token, run, ms, MARK_KEEP_MS]);
  }

  /** In one round trip. @throws Unavailable */
  async read(accounts: readonly string[]): Promise<AccountMarks> {
    const run = this.redis.runId;
    if (run === undefined) throw new Unavailable('redis', this.redis.unavailable ?? 'not verified');
    const keys = accounts.map((account) => accountFreshnessKey(this.scope, account));
    const [ms, ...stored] = await Promise.all([
      this.redis.time(),
      ...keys.map((key) => this.redis.call((client) => client.get(key))),
    ]);
    if (this.redis.runId !== run) throw new Unavailable('redis', 'another Redis answers now');
    const now = { run, ms };
    const marks = stored.map((mark) => readMark(mark, now));
    return { now, marks: marks.map((at) => (at === undefined ? undefined : { run, ms: at })) };
  }
}
