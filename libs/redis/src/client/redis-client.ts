import { EventEmitter, once } from 'node:events';
import { FenceLost, Unavailable } from '@heliograph/runtime';
import { Redis } from 'ioredis';
import { fenceKey } from '../keys.ts';
import { ReplyDeadlines } from './reply-deadlines.ts';
import type { Script } from './script.ts';
import { isFenceError, toUnavailable } from './reply-errors.ts';

export interface RedisOptions {
  /** `redis://` or `rediss://` with user, password and database as usual. */
  readonly url: string;
  /** Put in front of every key; empty in production, one per test. No braces: they would replace the hash tag. */
  readonly namespace: string;
  /** How long one command may take before it is given up as unavailable, milliseconds. A given-up script may still have run. */
  readonly commandTimeoutMs?: number;
}

/** The fence under which a fenced script runs. */
export interface HeldFence {
  readonly partition: number;
  readonly group: string;
  /** What {@link FencedGate.admit} answered: `<run id>|<epoch>.<generation>`. */
  readonly token: string;
}

interface RedisEvents {
  /** The Redis of the last connection is gone: another run id answers now. What was in it counts as lost. */
  lost: [{ readonly before: string; readonly now: string }];
  /** Connected and verified. */
  up: [];
  /** Not connected any more; the client reconnects by itself. */
  down: [];
}

/**
 * One connection to Redis that never runs a script against a Redis it has not verified: each new connection first reads the
 * run id, and everything before that fails at once. Nothing is queued while disconnected and nothing is sent twice, so a
 * caller always knows which Redis run its script ran on: {@link runId}.
 */
export class RedisClient extends EventEmitter<RedisEvents> {
  /** For administration and tests. Its keys get the namespace, too; its calls do not look at verification: see {@link call}. */
  readonly client: Redis;
  readonly namespace: string;
  readonly #deadlines: ReplyDeadlines;
  #runId: string | undefined;
  #verified = false;
  #connection = 0;
  #down = 'not connected yet';
  #gathering = false;

  constructor(options: RedisOptions) {
    super();
    if (/[{}]/.test(options.namespace)) throw new Error(`namespace must not contain braces: ${options.namespace}`);
    this.namespace = options.namespace;
    const timeoutMs = options.commandTimeoutMs ?? 2_000;
    const onDead = () => this.client.disconnect(true);
    this.#deadlines = new ReplyDeadlines({ timeoutMs, deadMs: 5 * timeoutMs, onDead });
    this.client = new Redis(options.url, {
      keyPrefix: options.namespace,
      protocol: 2,
      disableClientInfo: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // 0: what was under way when a connection closed is rejected then, instead of waiting for a reply that cannot come.
      maxRetriesPerRequest: 0,
      connectTimeout: 5_000,
      disconnectTimeout: 200,
      retryStrategy: (attempt) => Math.min(25 * 2 ** Math.min(attempt, 6), 1_000) * (0.75 + Math.random() / 2),
    });
    this.client.on('ready', () => void this.#verify());
    this.client.on('close', () => this.#close('the connection is closed'));
    this.client.on('error', (error) => (this.#down = error.message));
  }

  /** Run id of the Redis that answers now; `undefined` before the first verified connection and while disconnected. */
  get runId(): string | undefined {
    return this.#verified ? this.#runId : undefined;
  }

  /** Why Redis cannot be used now; `undefined` when it can. */
  get unavailable(): string | undefined {
    return this.#verified ? undefined : this.#down;
  }

  /** Why Redis takes no writes now, for readiness: a full or read-only one answers, but takes nothing. */
  async problem(): Promise<string | undefined> {
    if (!this.#verified) return this.#down;
    try {
      await this.call((client) => client.set('{health}:writable', '1', 'PX', 60_000));
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** @throws Unavailable when no verified connection is there within `timeoutMs` */
  async whenUp(timeoutMs = 10_000): Promise<void> {
    if (this.#verified) return;
    await once(this, 'up', { signal: AbortSignal.timeout(timeoutMs) }).catch((error) => {
      throw new Unavailable('redis', this.#down, { cause: error });
    });
  }

  /**
   * Runs a script once. `KEYS` are given without the namespace.
   *
   * @throws Unavailable when it could not be sent, or when no reply came in time; in the latter case it may have run
   */
  async runScript<T = unknown>(script: Script, keys: string[], args: (string | number)[]): Promise<T> {
    if (script.keys !== 'any' && script.keys !== keys.length) {
      throw new Error(`script ${script.name} takes ${script.keys} keys, not ${keys.length}`);
    }
    this.#assertVerified();
    const connection = this.#connection;
    this.#gather();
    try {
      return (await this.#deadlines.within(this.client.evalsha(script.sha, keys.length, ...keys, ...args))) as T;
    } catch (error) {
      if (!isNoScript(error)) throw toUnavailable(error);
    }
    // The answer may have come from a connection that is gone: what it did not run must not run unverified now.
    if (connection !== this.#connection) throw new Unavailable('redis', this.#down);
    try {
      return (await this.#deadlines.within(this.client.eval(script.source, keys.length, ...keys, ...args))) as T;
    } catch (error) {
      throw toUnavailable(error);
    }
  }

  /**
   * Runs a script under a fence: `KEYS[1]` is the fence's key and `ARGV[1]` the token, in front of the given ones, and the
   * script begins with `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCE lost') end`.
   *
   * A token of another Redis run is refused here: after a restart from its file Redis still holds the old fence, but what was
   * written under it may be gone.
   *
   * @throws FenceLost when the fence is missing or another one
   * @throws Unavailable as {@link runScript}
   */
  async runFenced<T = unknown>(
    script: Script,
    fence: HeldFence,
    keys: string[],
    args: (string | number)[],
  ): Promise<T> {
    this.#assertVerified();
    if (!fence.token.startsWith(`${this.#runId}|`)) throw new FenceLost(fence.partition);
    try {
      return await this.runScript<T>(script, [fenceKey(fence.partition, fence.group), ...keys], [fence.token, ...args]);
    } catch (error) {
      if (isFenceError(error)) throw new FenceLost(fence.partition);
      throw error;
    }
  }

  /**
   * Plain commands, only against a verified Redis. Keys get the namespace.
   *
   * @throws Unavailable when they could not be sent, or when no reply came in time
   */
  async call<T>(run: (client: Redis) => Promise<T>): Promise<T> {
    this.#assertVerified();
    this.#gather();
    return this.#deadlines.within(run(this.client)).catch(rethrow);
  }

  /**
   * Redis' clock in milliseconds.
   *
   * @throws Unavailable
   */
  async time(): Promise<number> {
    const [seconds, micros] = await this.call((client) => client.time());
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }

  /** @throws Unavailable */
  async ping(): Promise<void> {
    await this.call((client) => client.ping());
  }

  /** Sends what was written so far, then disconnects for good. */
  async close(): Promise<void> {
    this.#close('the client is closed');
    await this.#deadlines.within(this.client.quit()).catch(() => undefined);
    this.#deadlines.close();
    this.client.disconnect();
  }

  /**
   * What is sent within one turn of the event loop leaves in one write. ioredis writes each command by itself, and the system
   * calls cost more than anything else it does.
   */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    const { stream } = this.client;
    stream.cork();
    setImmediate(() => {
      this.#gathering = false;
      stream.uncork();
    });
  }

  #assertVerified(): void {
    if (!this.#verified) throw new Unavailable('redis', this.#down);
  }

  async #verify(): Promise<void> {
    const connection = ++this.#connection;
    const info = await this.#deadlines.within(this.client.info('server')).catch((error: Error) => error);
    if (connection !== this.#connection) return;
    const runId = typeof info === 'string' ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined;
    if (runId === undefined) {
      this.#down = info instanceof Error ? info.message : 'INFO server shows no run_id';
      this.client.disconnect(true);
      return;
    }
    const before = this.#runId;
    this.#runId = runId;
    this.#verified = true;
    // Listeners of `lost` come before anything that waits for the connection.
    if (before !== undefined && before !== runId) this.emit('lost', { before, now: runId });
    this.emit('up');
  }

  #close(reason: string): void {
    this.#connection++;
    if (!this.#verified) return;
    this.#verified = false;
    this.#down = reason;
    this.emit('down');
  }
}

function rethrow(error: unknown): never {
  throw toUnavailable(error);
}

const isNoScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT');
