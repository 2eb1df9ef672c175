import type { RedisClient } from './redis-client.ts';

/**
 * What about this Redis' settings endangers what is kept in it, one sentence each; empty when all is well. Reads INFO, which
 * managed Redis offers where CONFIG is closed.
 */
export async function checkRedisSettings(redis: RedisClient): Promise<string[]> {
  const info = await redis.client.info();
  const read = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const policy = read('maxmemory_policy');
  const version = read('redis_version') ?? '0';
  const warnings: string[] = [];
  if (policy !== 'noeviction') {
    warnings.push(`maxmemory-policy is ${policy}, not noeviction: claims, ledger and budgets may be evicted`);
  }
  if (read('aof_enabled') !== '1') warnings.push('appendonly is no: a restart loses everything and starts a rebuild');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2)) warnings.push(`version is ${version}: 6.2 or later is needed`);
  return warnings;
}
