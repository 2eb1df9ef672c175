import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../processes/free-port.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import type { PlaceOptions, RunningRedis } from './controls.ts';
import { LocalBroker, serving } from './local-broker.ts';
import { redisBinary } from './redis-binary.ts';
import { waitForRedis } from './redis-ready.ts';

const START_TIMEOUT_MS = 30_000;

/** What the design asks of Redis wherever it runs: keep what was written, and never drop a key to make room. */
export const REDIS_SETTINGS = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', ''] as const;

export interface LocalRedisOptions extends PlaceOptions {
  /** Taken when free. */
  port?: number;
  /** The server to run; found by {@link redisBinary} when absent. */
  binary?: string;
}

/** A Redis server as a process without root. */
export async function startLocalRedis(options: LocalRedisOptions): Promise<RunningRedis> {
  const binary = options.binary ?? (await redisBinary(options.say));
  const port = await freePort(options.port);
  const data = join(options.folder, 'data');
  const url = `redis://127.0.0.1:${port}`;
  const launch = async (): Promise<ManagedProcess> => {
    mkdirSync(data, { recursive: true });
    // The title stays the command line, by which a leftover is told from another process.
    const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--set-proc-title', 'no'];
    const redis = await ManagedProcess.start({
      name: 'redis',
      command: binary,
      args: [...place, ...REDIS_SETTINGS],
      logFile: join(options.folder, 'redis.log'),
      pidFolder: options.pidFolder,
    });
    return serving(redis, (giveUp) => waitForRedis(url, START_TIMEOUT_MS, giveUp));
  };
  const broker = await LocalBroker.start({ launch, dataFolder: data }, options);
  return Object.assign(broker, { way: 'local' as const, url });
}
