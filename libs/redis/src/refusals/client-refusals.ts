import type { RedisClient } from '../client/redis-client.ts';
import { clientRefusedKey } from '../keys.ts';

/** Longer than whoever needs a token waits between two requests for it (30 s): a mark is there while somebody is refused. */
const KEPT_MS = 60_000;

/** OAuth clients that a provider refuses, for those who decide whether an account can be worked with. */
export class ClientRefusals {
  constructor(private readonly redis: RedisClient) {}

  /** @throws Unavailable */
  async refused(account: string, client: string): Promise<void> {
    await this.redis.call((redis) => redis.set(clientRefusedKey(account, client), '1', 'PX', KEPT_MS));
  }

  /** It got a token. @throws Unavailable */
  async accepted(account: string, client: string): Promise<void> {
    await this.redis.call((redis) => redis.del(clientRefusedKey(account, client)));
  }

  /** Whether it was refused within the last minute, and got no token since. @throws Unavailable */
  async isRefused(account: string, client: string): Promise<boolean> {
    return (await this.redis.call((redis) => redis.exists(clientRefusedKey(account, client)))) === 1;
  }
}
