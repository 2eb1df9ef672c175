import { createHash } from 'node:crypto';
import { Unavailable } from '@heliograph/runtime';
import { RedisClient, type Script } from '../../src/index.ts';
import { sharedRedisUrl } from '../config.ts';
import type { VirtualProcess } from './virtual-process.ts';

/** What happens to one call: how long it takes there and back, milliseconds, and whether it, or its answer, gets lost. */
export interface Passage {
  readonly thereMs: number;
  readonly backMs: number;
  readonly lost?: 'request' | 'answer';
}

export interface VirtualRedisOptions {
  readonly passage?: () => Passage;
  /** Plants a fault in the text of a script. */
  readonly edit?: (source: string, name: string) => string;
  /** What a script takes for the time, milliseconds; that of virtual time by default. */
  readonly clock?: () => number;
  /** A lost call is given up after so long. */
  readonly timeoutMs?: number;
}

const AT_ONCE: Passage = { thereMs: 0, backMs: 0 };
const TIME = "local time = redis.call('TIME')\n";
const VIRTUAL_TIME = `local virtual = table.remove(ARGV)
local time = {string.sub(virtual, 1, -7), string.sub(virtual, -6)}
`;

/**
 * A process' connection to a real Redis that runs the production scripts, with one change: they take the time from the last
 * argument, where virtual time stands. Calls take virtual time there and back; what comes back waits for a stalled process.
 */
export class VirtualRedis extends RedisClient {
  #process: VirtualProcess | undefined;
  #options: VirtualRedisOptions = {};
  readonly #virtual = new Map<string, Script>();

  /** Connects; many runs can use the connection, one after the other. */
  static async connect(namespace: string): Promise<VirtualRedis> {
    const redis = new VirtualRedis({ url: sharedRedisUrl(), namespace, commandTimeoutMs: 30_000 });
    await redis.whenUp();
    return redis;
  }

  /** From now on this is the connection of that process. */
  enter(process: VirtualProcess, options: VirtualRedisOptions = {}): this {
    this.#process = process;
    this.#options = options;
    return this;
  }

  override runScript<T = unknown>(script: Script, keys: string[], args: (string | number)[]): Promise<T> {
    const process = this.#process;
    if (!process) throw new Error('the connection belongs to no process');
    const { passage, timeoutMs = 2_000, clock } = this.#options;
    const { thereMs, backMs, lost } = passage?.() ?? AT_ONCE;
    const { time } = process;
    const virtual = this.#inVirtualTime(script);
    return new Promise((resolve, reject) => {
      const answer = (settle: () => void, ms: number): void => void process.run(time.now + ms, settle);
      if (lost) answer(() => reject(new Unavailable('redis', 'no answer came')), timeoutMs);
      if (lost === 'request') return;
      time.at(time.now + thereMs, () => {
        const nowUs = Math.floor((clock?.() ?? time.now) * 1_000);
        time.hold(super.runScript<T>(virtual, keys, virtual === script ? args : [...args, `${nowUs}`])).then(
          (value) => (lost ? undefined : answer(() => resolve(value), backMs)),
          (error: Error) => (lost ? undefined : answer(() => reject(error), backMs)),
        );
      });
    });
  }

  /** A script that does not ask for the time stays as it is. */
  #inVirtualTime(script: Script): Script {
    const source = this.#options.edit?.(script.source, script.name) ?? script.source;
    let virtual = this.#virtual.get(source);
    if (virtual) return virtual;
    const parts = source.split(TIME);
    if (parts.length > 2 || parts.some((part) => part.includes("'TIME'"))) {
      throw new Error(`script ${script.name} must ask for the time once at most, by "${TIME.trim()}"`);
    }
    const text = parts.join(VIRTUAL_TIME);
    const sha = createHash('sha1').update(text).digest('hex');
    virtual = text === script.source ? script : { ...script, source: text, sha };
    this.#virtual.set(source, virtual);
    return virtual;
  }
}
