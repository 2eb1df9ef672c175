import { randomUUID } from 'node:crypto';
import { RedisClient } from '../src/index.ts';
import { sharedRedisUrl } from './config.ts';

/** A client of the test run's Redis, with a namespace of its own unless one is given. */
export async function connectRedis(namespace = `test-${randomUUID()}:`): Promise<RedisClient> {
  const redis = new RedisClient({ url: sharedRedisUrl(), namespace });
  await redis.whenUp();
  return redis;
}
