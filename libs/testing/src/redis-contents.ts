/** What of the Redis client this needs; its keys are given the namespace by the client, but not in a scan. */
export interface ScannedRedis {
  scan(cursor: string, match: 'MATCH', pattern: string, count: 'COUNT', entries: number): Promise<[string, string[]]>;
  type(key: string): Promise<string>;
  get(key: string): Promise<string | null>;
  hgetall(key: string): Promise<Record<string, string>>;
  lrange(key: string, from: number, to: number): Promise<string[]>;
  zrange(key: string, from: string, to: string): Promise<unknown>;
  smembers(key: string): Promise<string[]>;
}

/** Every key under a namespace with all that it holds, each as one text: to show what Redis does not know. */
export async function redisContents(client: ScannedRedis, namespace: string): Promise<string[]> {
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = await client.scan(cursor, 'MATCH', `${namespace}*`, 'COUNT', 1_000);
    for (const key of found) keys.add(key.slice(namespace.length));
    cursor = next;
  } while (cursor !== '0');
  return Promise.all([...keys].map(async (key) => `${key} ${JSON.stringify(await contentOf(client, key))}`));
}

async function contentOf(client: ScannedRedis, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case 'string':
      return client.get(key);
    case 'hash':
      return client.hgetall(key);
    case 'list':
      return client.lrange(key, 0, -1);
    case 'zset':
      return client.zrange(key, '0', '-1');
    case 'set':
      return client.smembers(key);
    case 'none':
      return '';
    default:
      throw new Error(`${key} is of a type that nobody here writes`);
  }
}
