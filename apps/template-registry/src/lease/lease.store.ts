import { script, type RedisClient } from '@heliograph/redis';

const TAKE = script({ name: 'take-lease', file: new URL('./take-lease.lua', import.meta.url), keys: 2 });
const RELEASE = script({ name: 'release-lease', file: new URL('./release-lease.lua', import.meta.url), keys: 1 });
const MARK = script({ name: 'mark-read', file: new URL('./mark-read.lua', import.meta.url), keys: 2 });

/** The moment of the last reading is of no use after a week. */
const KEEP_MS = 7 * 24 * 60 * 60 * 1000;

/** Who reads the templates of which account, and when somebody last did, in Redis. */
export class LeaseStore {
  constructor(private readonly redis: RedisClient) {}

  /**
   * Takes the lease when it is free, renews it when it is the token's.
   *
   * @returns whether it is the token's now, and how long ago any replica read the account, in milliseconds
   * @throws Unavailable; it may have been taken
   */
  async take(account: string, token: string, ttlMs: number): Promise<{ ours: boolean; readAgoMs?: number }> {
    const keys = [leaseKey(account), readKey(account)];
    const [ours, readAgoMs] = await this.redis.runScript<[number, number]>(TAKE, keys, [token, ttlMs]);
    return { ours: ours === 1, ...(readAgoMs >= 0 && { readAgoMs }) };
  }

  /** @throws Unavailable; it then ends by itself */
  async release(account: string, token: string): Promise<void> {
    await this.redis.runScript(RELEASE, [leaseKey(account)], [token]);
  }

  /**
   * Notes that the holder has read the account completely.
   *
   * @throws Unavailable
   */
  async markRead(account: string, token: string): Promise<void> {
    await this.redis.runScript(MARK, [leaseKey(account), readKey(account)], [token, KEEP_MS]);
  }
}

const leaseKey = (account: string): string => `{templates:${account}}:lease`;
const readKey = (account: string): string => `{templates:${account}}:read-at`;
