import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FenceLost, Unavailable } from '@heliograph/runtime';
import { PrivateRedis, until } from '../../test/private-redis.ts';
import { fenceKey } from '../keys.ts';
import { RedisClient } from './redis-client.ts';
import { checkRedisSettings } from './settings-check.ts';

const inline = (source: string, keys = 0) => ({ name: 'inline', source, sha: '0'.repeat(40), keys });
const ONE = inline('return 1');

let server: PrivateRedis;
let redis: RedisClient;

beforeEach(async () => {
  server = await PrivateRedis.start();
  redis = new RedisClient({ url: server.url, namespace: 'ns:', commandTimeoutMs: 300 });
});

afterEach(async () => {
  await redis.close();
  await server.end();
});

describe('a verified connection', () => {
  it('fails scripts before it has read the run id', async () => {
    await expect(redis.runScript(ONE, [], [])).rejects.toThrow(Unavailable);
    expect(redis.runId).toBeUndefined();
  });

  it('knows the run id of its Redis', async () => {
    await redis.whenUp();
    expect(await redis.client.info('server')).toContain(`run_id:${redis.runId}`);
  });

  it('lets no script run on a new Redis before the loss of the old one was announced', async () => {
    await redis.whenUp();
    const first = redis.runId!;
    const events: string[] = [];
    redis.on('lost', ({ before, now }) => events.push(`lost ${before === first} ${now !== first}`));
    await server.down();
    await server.up();
    await until('a script runs', async () => {
      const ran = await redis.runScript(ONE, [], []).then(
        () => true,
        () => false,
      );
      if (ran) events.push('ran');
      return ran;
    });
    expect(events).toEqual(['lost true true', 'ran']);
  });

  it('announces no loss when only the connection was cut', async () => {
    await redis.whenUp();
    let lost = 0;
    redis.on('lost', () => lost++);
    const runId = redis.runId;
    await redis.client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => undefined);
    await until('the connection is down', () => redis.runId === undefined);
    await redis.whenUp();
    expect([redis.runId, lost]).toEqual([runId, 0]);
  });
});

describe('a connection without replies for five times as long as one may take', () => {
  it('is given up for another one', async () => {
    await redis.whenUp();
    let downs = 0;
    redis.on('down', () => downs++);
    server.signal('SIGSTOP');
    await expect(redis.ping()).rejects.toThrow(/timed out/);
    expect(downs).toBe(0);
    await until('the connection is given up', () => downs === 1);
    server.signal('SIGCONT');
    await redis.whenUp();
    await redis.ping();
  });
});

describe('a script', () => {
  it('is loaded by its first call and takes keys with the namespace in front', async () => {
    await redis.whenUp();
    const keys = inline("return {KEYS[1], ARGV[1], redis.call('SET', KEYS[1], 'x').ok}", 1);
    expect(await redis.runScript(keys, ['{p1}:a'], [7])).toEqual(['ns:{p1}:a', '7', 'OK']);
    expect(await redis.client.get('{p1}:a')).toBe('x');
  });

  it('with the wrong number of keys is refused', async () => {
    await redis.whenUp();
    await expect(redis.runScript(ONE, ['a'], [])).rejects.toThrow('script inline takes 0 keys, not 1');
  });

  it('fails as unavailable, at once, while Redis is gone', async () => {
    await redis.whenUp();
    await server.down();
    await until('the connection is down', () => redis.runId === undefined);
    const settled = redis.runScript(ONE, [], []).then(
      () => 'answered',
      (error: unknown) => error,
    );
    // Before anything of the outside world was waited for.
    const soon = new Promise((resolve) => setImmediate(() => resolve('waits')));
    expect(await Promise.race([settled, soon])).toBeInstanceOf(Unavailable);
  });

  it('under way when the connection closes fails as unavailable instead of hanging, and is not sent again', async () => {
    await redis.whenUp();
    const count = inline("return redis.call('INCR', KEYS[1])", 1);
    server.signal('SIGSTOP');
    const pending = redis.runScript(count, ['n'], []);
    const failed = expect(pending).rejects.toThrow(Unavailable);
    await server.down();
    await failed;
    await server.up();
    await redis.whenUp();
    expect(await redis.client.get('n')).toBeNull();
  });

  it('without a reply in time fails as unavailable, and may have run', async () => {
    await redis.whenUp();
    const source = "return redis.call('INCR', KEYS[1])";
    const loaded = { ...inline(source, 1), sha: (await redis.client.script('LOAD', source)) as string };
    server.signal('SIGSTOP');
    const given = redis.runScript(loaded, ['n'], []);
    await expect(given).rejects.toThrow(/redis is unavailable: .*timed out/i);
    server.signal('SIGCONT');
    await until('it has run', async () => (await redis.client.get('n')) === '1');
  });

  it('that is wrong fails with its own error', async () => {
    await redis.whenUp();
    const failure = await redis
      .runScript(inline("return redis.call('LPUSH', 'a')"), [], [])
      .catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(Unavailable);
    expect(String(failure)).toMatch(/wrong number of arg/i);
  });

  it('that Redis has no memory for fails as unavailable', async () => {
    await redis.whenUp();
    await redis.client.config('SET', 'maxmemory', '1');
    expect(await redis.problem()).toMatch(/OOM/);
    const set = inline("return redis.call('SET', KEYS[1], 'x')", 1);
    await expect(redis.runScript(set, ['a'], [])).rejects.toThrow(Unavailable);
  });
});

describe('a plain command', () => {
  it('runs against a verified Redis only', async () => {
    await expect(redis.call((client) => client.get('a'))).rejects.toThrow(Unavailable);
    await redis.whenUp();
    expect(await redis.call((client) => client.get('a'))).toBeNull();
    await server.down();
    await expect(redis.ping()).rejects.toThrow(Unavailable);
    await expect(redis.time()).rejects.toThrow(Unavailable);
  });
});

describe('a fenced script', () => {
  const FENCED = inline(
    "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCE lost') end return 1",
    1,
  );

  it('runs under the stored token only', async () => {
    await redis.whenUp();
    const token = `${redis.runId}|0.3`;
    await expect(redis.runFenced(FENCED, { partition: 1, group: 'g', token }, [], [])).rejects.toThrow(FenceLost);
    await redis.client.set(fenceKey(1, 'g'), token);
    expect(await redis.runFenced(FENCED, { partition: 1, group: 'g', token }, [], [])).toBe(1);
    const older = { partition: 1, group: 'g', token: `${redis.runId}|0.2` };
    await expect(redis.runFenced(FENCED, older, [], [])).rejects.toThrow(FenceLost);
  });

  it('is refused under a token of another Redis run, even when Redis still has it', async () => {
    await redis.whenUp();
    const fence = { partition: 1, group: 'g', token: 'another|0.3' };
    await redis.client.set(fenceKey(1, 'g'), fence.token);
    await expect(redis.runFenced(FENCED, fence, [], [])).rejects.toThrow(FenceLost);
  });
});

describe('the settings check', () => {
  it('warns of eviction and of a missing append-only file', async () => {
    await redis.whenUp();
    await redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await checkRedisSettings(redis)).toEqual([
      expect.stringMatching(/^maxmemory-policy is allkeys-lru, not noeviction/),
      expect.stringMatching(/^appendonly is no/),
    ]);
  });

  it('has nothing to say about a Redis that keeps what it is given', async () => {
    const keeping = await PrivateRedis.start(['--appendonly', 'yes']);
    const client = new RedisClient({ url: keeping.url, namespace: '' });
    await client.whenUp();
    expect(await checkRedisSettings(client)).toEqual([]);
    await client.close();
    await keeping.end();
  });
});
