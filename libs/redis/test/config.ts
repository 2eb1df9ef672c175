/** URL of the Redis that the tests share; never flushed. */
export function sharedRedisUrl(): string {
  const url = process.env.HELIOGRAPH_TEST_REDIS;
  if (!url) throw new Error('HELIOGRAPH_TEST_REDIS is not set: the URL of a Redis for tests');
  return url;
}

/** What runs a Redis of a test's own. */
export const redisBinary = (): string => process.env.HELIOGRAPH_TEST_REDIS_BIN || 'redis-server';
