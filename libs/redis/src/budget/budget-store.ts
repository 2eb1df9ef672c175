import { Unavailable } from '@heliograph/runtime';
import type { RedisClient } from '../client/redis-client.ts';
import { script } from '../client/script.ts';
import { budgetKey } from '../keys.ts';
import type { Bucket } from './bucket.ts';
import { paceOf } from './bucket.ts';

const TAKE = script({ name: 'take-budget', file: new URL('./take-budget.lua', import.meta.url), keys: 'any' });
const PAUSE = script({ name: 'pause-budget', file: new URL('./pause-budget.lua', import.meta.url), keys: 1 });

/** An idle bucket is forgotten after a day, or three periods; it then starts without burst. */
const KEEP_MS = 86_400_000;

export interface Taken {
  /** How many requests may be sent, each within `GRANT_MS` from the start of the call. */
  readonly granted: number;
  /** When one more can be had at the earliest, milliseconds from now; 0: at once. */
  readonly waitMs: number;
}

/** The buckets of one account's budget in Redis, shared by whoever calls its provider. They all have one hash tag. */
export class BudgetStore {
  readonly account: string;
  readonly #redis: RedisClient;

  constructor(redis: RedisClient, account: string) {
    this.#redis = redis;
    this.account = account;
  }

  /**
   * Takes up to `count` grants, each from all of the buckets or from none.
   *
   * @throws Unavailable; what was granted then is lost, never given twice
   */
  async take(buckets: readonly Bucket[], count: number): Promise<Taken> {
    const runId = this.#redis.runId;
    if (runId === undefined) throw new Unavailable('redis', this.#redis.unavailable ?? 'not verified');
    const keepMs = Math.max(KEEP_MS, ...buckets.map((bucket) => 3 * bucket.periodMs));
    const paces = buckets.map(paceOf);
    const [granted, waitUs] = await this.#redis.runScript<[number, number]>(
      TAKE,
      buckets.map((bucket) => this.#key(bucket.name)),
      [runId, count, keepMs, ...paces.flatMap((pace) => [pace.intervalUs, pace.toleranceUs])],
    );
    return { granted, waitMs: waitUs / 1_000 };
  }

  /**
   * Stops everybody who takes from the bucket. A duration, because the clocks of provider, Redis and processes differ.
   *
   * @returns how long it is paused now, milliseconds: the longest of all pauses
   * @throws Unavailable; pausing again is safe
   */
  async pauseFor(bucket: string, ms: number): Promise<number> {
    return (await this.#redis.runScript<number>(PAUSE, [this.#key(bucket)], [Math.ceil(ms), KEEP_MS])) / 1_000;
  }

  #key(bucket: string): string {
    return budgetKey(this.account, bucket);
  }
}
