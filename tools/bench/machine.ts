import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createConnection } from 'node:net';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { KAFKA_VERSION, workspaceRoot, type TestBrokers } from '@heliograph/testing';

const GIB = 2 ** 30;

/** Where it was measured. Load is the mean number of processes that wanted a processor in the last minute. */
export interface Machine {
  platform: string;
  processor: string;
  processors: number;
  memoryGiB: number;
  measuredAt: string;
  loadBefore: number;
  loadAfter: number;
}

export function describeMachine(loadBefore: number): Machine {
  const all = cpus();
  return {
    platform: `${process.platform} ${release()} ${process.arch}`,
    processor: all[0]?.model.trim() ?? 'unknown',
    processors: all.length,
    memoryGiB: Math.round((totalmem() / GIB) * 10) / 10,
    measuredAt: new Date().toISOString(),
    loadBefore,
    loadAfter: loadNow(),
  };
}

export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

/** Versions of what the figures depend on. */
export async function describeVersions({ kafka, redis }: TestBrokers): Promise<Record<string, string>> {
  return {
    heliograph: versionIn(join(workspaceRoot(), 'package.json')),
    node: process.version.slice(1),
    nestjs: installed('@nestjs/core', 'libs/runtime'),
    kafkajs: installed('kafkajs', 'libs/kafka'),
    ioredis: installed('ioredis', 'libs/redis'),
    kafka: kafka.way === 'given' ? 'given, version unknown' : `${KAFKA_VERSION} (${kafka.way})`,
    redis: `${await redisVersion(redis.url)} (${redis.way})`,
  };
}

/** The version of a package as the library that uses it finds it. */
function installed(name: string, library: string): string {
  const require = createRequire(join(workspaceRoot(), library, 'package.json'));
  const folder = require.resolve.paths(name)?.find((path) => versionIn(join(path, name, 'package.json')) !== 'unknown');
  return folder === undefined ? 'unknown' : versionIn(join(folder, name, 'package.json'));
}

function versionIn(file: string): string {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}

function redisVersion(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const end = (version: string): void => {
      socket.destroy();
      resolve(version);
    };
    const socket = createConnection(Number(port || 6379), hostname, () => socket.write('INFO server\r\n'));
    socket.setTimeout(2_000, () => end('unknown'));
    socket.once('error', () => end('unknown'));
    socket.once('data', (data: Buffer) => end(/redis_version:(\S+)/.exec(data.toString())?.[1] ?? 'unknown'));
  });
}
