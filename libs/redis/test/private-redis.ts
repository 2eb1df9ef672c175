import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { redisBinary } from './config.ts';

/** A redis-server of a test's own, to be flushed, stopped and killed. From PATH, or HELIOGRAPH_TEST_REDIS_BIN. */
export class PrivateRedis {
  readonly url: string;
  readonly #port: number;
  readonly #dir: string;
  readonly #settings: string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, dir: string, settings: string[]) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#port = port;
    this.#dir = dir;
    this.#settings = settings;
  }

  static async start(settings: string[] = []): Promise<PrivateRedis> {
    const redis = new PrivateRedis(await freePort(), await mkdtemp(join(tmpdir(), 'private-redis-')), settings);
    await redis.up();
    return redis;
  }

  async up(): Promise<void> {
    const binary = redisBinary();
    const args = [
      '--port',
      `${this.#port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      this.#dir,
      '--save',
      '',
      ...this.#settings,
    ];
    this.#process = spawn(binary, args, { stdio: 'ignore' });
    const failed = new Promise<never>((_, reject) => this.#process!.once('error', reject));
    await Promise.race([this.#answers(), failed]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Ends the server; its files stay for the next `up`. */
  async down(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  async end(): Promise<void> {
    await this.down();
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    const probe = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    probe.on('error', () => undefined);
    await probe.ping();
    probe.disconnect();
  }
}

/** Waits for a condition; says what it was when it does not come true within 10 s. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(5);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
