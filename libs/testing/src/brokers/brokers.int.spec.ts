import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { readAll } from '../topic-reader.ts';
import type { RunningKafka, RunningRedis } from './controls.ts';
import { startLocalRedis } from './local-redis.ts';
import { embeddedRedisBinary } from './redis-binary.ts';
import { startPrivateKafka, startPrivateRedis } from './start-brokers.ts';

const quiet = (): void => undefined;

/** Sends one inline command and returns the first chunk of the answer. */
function redisCommand(url: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = createConnection(Number(port), hostname, () => socket.write(`${command}\r\n`));
    socket.once('error', reject);
    socket.once('data', (answer: Buffer) => {
      socket.destroy();
      resolve(answer.toString());
    });
  });
}

describe('a private Redis', () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startPrivateRedis();
  }, 120_000);
  afterAll(() => redis.stop());

  it('never drops keys to make room, and writes them to disk', async () => {
    expect(await redisCommand(redis.url, 'CONFIG GET maxmemory-policy')).toContain('noeviction');
    expect(await redisCommand(redis.url, 'CONFIG GET appendonly')).toContain('yes');
  });

  it('keeps what it acknowledged over a kill', async () => {
    await redisCommand(redis.url, 'SET kept 1');
    await redis.restart();
    expect(await redisCommand(redis.url, 'GET kept')).toContain('1');
  }, 30_000);

  it('is empty after a restart that loses the data', async () => {
    await redisCommand(redis.url, 'SET lost 1');
    await redis.restart({ empty: true });
    expect(await redisCommand(redis.url, 'GET lost')).toBe('$-1\r\n');
  }, 30_000);
});

describe('the Redis binary from the Maven jar', () => {
  it('runs on this platform', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'redis-'));
    const binary = await embeddedRedisBinary(quiet);
    const redis = await startLocalRedis({ folder, pidFolder: folder, say: quiet, binary });
    try {
      expect(await redisCommand(redis.url, 'INFO server')).toMatch(/redis_version:6\.[2-9]/);
    } finally {
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});

describe('a private Kafka', () => {
  let kafka: RunningKafka;
  beforeAll(async () => {
    kafka = await startPrivateKafka();
  }, 180_000);
  afterAll(() => kafka.stop());

  it('keeps acknowledged records over a kill, and its reader finds all of them in order', async () => {
    const client = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'facts', numPartitions: 2 }] });
    await admin.disconnect();
    const producer = client.producer();
    await producer.connect();
    const messages = Array.from({ length: 100 }, (_, n) => ({
      partition: n % 2,
      key: `k${n}`,
      value: JSON.stringify({ n }),
    }));
    await producer.send({ topic: 'facts', messages });
    await producer.disconnect();

    await kafka.restart();

    const records = await readAll(kafka.brokers, 'facts');
    const of = (partition: number): unknown[] => records.filter((r) => r.partition === partition).map((r) => r.json);
    const expected = (partition: number): unknown[] => Array.from({ length: 50 }, (_, i) => ({ n: 2 * i + partition }));
    expect([of(0), of(1)]).toEqual([expected(0), expected(1)]);
  }, 120_000);

  it('the reader of an empty topic returns nothing', async () => {
    const admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'empty', numPartitions: 2 }] });
    await admin.disconnect();
    expect(await readAll(kafka.brokers, 'empty')).toEqual([]);
  }, 60_000);
});
