import { RedisClient, script } from '@heliograph/redis';

/** What the floors leave in Redis is gone after an hour. */
export const KEPT_MS = 3_600_000;

export const CLAIM_ALL = script({ name: 'claim-all', file: new URL('./claim-all.lua', import.meta.url), keys: 'any' });
export const SET_ALL = script({ name: 'set-all', file: new URL('./set-all.lua', import.meta.url), keys: 'any' });

export interface RedisPlace {
  redisUrl: string;
  namespace: string;
}

export async function openBareRedis({ redisUrl, namespace }: RedisPlace): Promise<RedisClient> {
  const redis = new RedisClient({ url: redisUrl, namespace: `${namespace}floor:` });
  await redis.whenUp();
  return redis;
}
