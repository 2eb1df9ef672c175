import { Unavailable } from '@heliograph/runtime';
import type { RedisClient } from '../client/redis-client.ts';
import { script } from '../client/script.ts';
import { budgetEpochKey, budgetKey } from '../keys.ts';
import { type Bucket, type Pace, paceOf } from './bucket.ts';

const TAKE = script({ name: 'take-budget', file: new URL('./take-budget.lua', import.meta.url), keys: 'any' });
const PAUSE = script({ name: 'pause-budget', file: new URL('./pause-budget.lua', import.meta.url), keys: 1 });
const SLOW = script({ name: 'slow-budget', file: new URL('./slow-budget.lua', import.meta.url), keys: 1 });

/** An idle bucket is forgotten after a day, or three periods (the script says); it then starts without burst. */
const KEEP_MS = 86_400_000;
/** A slowed bucket is back at its full pace after so many periods, of a second at least, would it start from nothing. */
const PERIODS_TO_RECOVER = 10;

/** Pauses after throttling without a named moment, milliseconds: the first, how many times as long the next, the longest. */
const BACK_OFF = { firstMs: 2_000, times: 2, mostMs: 8_000 };
/** Of a pair, as Meta asks for: 4^x seconds. */
const PAIR_BACK_OFF = { firstMs: 1_000, times: 4, mostMs: 64_000 };

/** So many grants, each from all of the buckets. */
export interface Ask {
  /** Which of the request's buckets. */
  readonly buckets: readonly number[];
  readonly count: number;
  readonly campaign: boolean;
}

/** What a provider said is left in a bucket. */
export interface Observation {
  readonly bucket: number;
  readonly left: number;
  readonly resetMs: number;
  /** Takes the place of what was said before; else the lower one counts. */
  readonly replaces: boolean;
}

/** Everything that is asked of Redis at once. A bucket that nobody asks for is looked at by an ask of none. */
export interface AskRequest {
  readonly buckets: readonly { readonly name: string; readonly pace: Pace }[];
  readonly observations: readonly Observation[];
  readonly asks: readonly Ask[];
}

export interface AskAnswer {
  /** As many grants as conform in all of its buckets; if fewer than asked for: which bucket has no more, and for how long. */
  readonly asks: readonly { readonly granted: number; readonly full: number; readonly waitMs: number }[];
  /** As they are now: how many could be granted at once (-1: not looked at), the share of the full pace, for how long paused. */
  readonly buckets: readonly { readonly level: number; readonly factor: number; readonly pausedMs: number }[];
}

/**
 * The buckets of one scope in Redis, shared by whoever calls its providers. A scope is a tenant: several of its accounts share
 * buckets (the tenant's own), and what is taken together must stand behind one hash tag.
 */
export class BudgetStore {
  readonly scope: string;
  readonly #redis: RedisClient;

  constructor(redis: RedisClient, scope: string) {
    this.scope = scope;
    this.#redis = redis;
  }

  /**
   * Takes grants, in the order of the asks.
   *
   * @throws Unavailable; what was granted then is lost, never given twice
   */
  async ask({ buckets, observations, asks }: AskRequest): Promise<AskAnswer> {
    const runId = this.#runId();
    const paces = new Map<Pace, number>();
    const paceNumbers = buckets.map(({ pace }) => {
      let number = paces.get(pace);
      if (number === undefined) paces.set(pace, (number = paces.size + 1));
      return number;
    });
    // One argument: the client spends more on many small ones than the script on taking one apart.
    const args: number[] = [KEEP_MS, paces.size, observations.length, asks.length];
    for (const pace of paces.keys()) {
      args.push(pace.intervalUs, pace.toleranceUs, pace.pair ? 1 : 0);
      args.push(pace.campaignIntervalUs, pace.campaignToleranceUs);
    }
    args.push(...paceNumbers);
    for (const { bucket, left, resetMs, replaces } of observations) {
      args.push(bucket + 1, Math.max(0, Math.floor(left)), Math.ceil(resetMs * 1_000), replaces ? 1 : 0);
    }
    for (const ask of asks) {
      args.push(ask.count, ask.campaign ? 1 : 0, ask.buckets.length);
      for (const bucket of ask.buckets) args.push(bucket + 1);
    }
    const keys = [budgetEpochKey(this.scope), ...buckets.map(({ name }) => budgetKey(this.scope, name))];
    return readAnswer(await this.#redis.runScript<number[]>(TAKE, keys, [runId, args.join(' ')]), asks.length);
  }

  /**
   * Stops everybody who takes from the bucket. A duration, because the clocks of provider, Redis and processes differ.
   *
   * @returns how long it is paused now, milliseconds: the longest of all pauses
   * @throws Unavailable; pausing again is safe
   */
  async pauseFor(ms: number, bucket: Bucket): Promise<number> {
    const keys = [budgetKey(this.scope, bucket.name)];
    return (await this.#redis.runScript<number>(PAUSE, keys, [Math.ceil(ms), KEEP_MS])) / 1_000;
  }

  /**
   * Pauses a bucket that was throttled without a named moment, and halves its pace.
   *
   * @param jitter what the pause is multiplied by
   * @returns how long it is paused now, milliseconds
   * @throws Unavailable; a repeat counts as the same throttling while the pause lasts
   */
  async slowDown(bucket: Bucket, jitter: number): Promise<number> {
    const { intervalUs, toleranceUs, pair } = paceOf(bucket);
    const spanUs = PERIODS_TO_RECOVER * Math.max(1_000, bucket.periodMs) * 1_000;
    const { firstMs, times, mostMs } = pair ? PAIR_BACK_OFF : BACK_OFF;
    const backOff = [firstMs * 1_000, times, mostMs * 1_000, jitter, KEEP_MS];
    const args = [this.#runId(), intervalUs, toleranceUs, spanUs, ...backOff];
    return (await this.#redis.runScript<number>(SLOW, [budgetKey(this.scope, bucket.name)], args)) / 1_000;
  }

  #runId(): string {
    const { runId } = this.#redis;
    if (runId === undefined) throw new Unavailable('redis', this.#redis.unavailable ?? 'not verified');
    return runId;
  }
}

function readAnswer(reply: readonly number[], asks: number): AskAnswer {
  const read = <T>(from: number, to: number, item: (a: number, b: number, c: number) => T): T[] => {
    const items: T[] = [];
    for (let at = from; at < to; at += 3) items.push(item(reply[at]!, reply[at + 1]!, reply[at + 2]!));
    return items;
  };
  return {
    asks: read(0, 3 * asks, (granted, full, waitUs) => ({ granted, full: full - 1, waitMs: waitUs / 1_000 })),
    buckets: read(3 * asks, reply.length, (level, factor, pausedUs) => ({
      level,
      factor: factor / 1_000,
      pausedMs: pausedUs / 1_000,
    })),
  };
}
