import type { RedisClient } from '../client/redis-client.ts';
import { script } from '../client/script.ts';
import { leaseKey, roundKey } from '../keys.ts';

const TAKE = script({ name: 'take-lease', file: new URL('./take-lease.lua', import.meta.url), keys: 2 });
const RELEASE = script({ name: 'release-lease', file: new URL('./release-lease.lua', import.meta.url), keys: 1 });
const MARK = script({ name: 'mark-done', file: new URL('./mark-done.lua', import.meta.url), keys: 2 });

/** The moment of the last round is of no use after a week. */
const KEEP_MS = 7 * 24 * 60 * 60 * 1000;

/** Who does the rounds of one kind of work (`scope`) for which account, and when somebody last ended one, in Redis. */
export class LeaseStore {
  constructor(
    private readonly redis: RedisClient,
    private readonly scope: string,
  ) {}

  /**
   * Takes the lease when it is free, renews it when it is the token's.
   *
   * @returns whether it is the token's now, and how long ago any replica ended a round, in milliseconds
   * @throws Unavailable; it may have been taken
   */
  async take(account: string, token: string, ttlMs: number): Promise<{ ours: boolean; doneAgoMs?: number }> {
    const keys = [leaseKey(this.scope, account), roundKey(this.scope, account)];
    const [ours, doneAgoMs] = await this.redis.runScript<[number, number]>(TAKE, keys, [token, ttlMs]);
    return { ours: ours === 1, ...(doneAgoMs >= 0 && { doneAgoMs }) };
  }

  /** @throws Unavailable; it then ends by itself */
  async release(account: string, token: string): Promise<void> {
    await this.redis.runScript(RELEASE, [leaseKey(this.scope, account)], [token]);
  }

  /**
   * Notes that the holder has ended a complete round.
   *
   * @throws Unavailable
   */
  async markDone(account: string, token: string): Promise<void> {
    const keys = [leaseKey(this.scope, account), roundKey(this.scope, account)];
    await this.redis.runScript(MARK, keys, [token, KEEP_MS]);
  }
}
