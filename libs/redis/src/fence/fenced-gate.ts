import { FenceLost, Unavailable } from '@heliograph/runtime';
import type { RedisClient } from '../client/redis-client.ts';
import { script } from '../client/script.ts';
import { fenceKey } from '../keys.ts';

const RAISE = script({ name: 'raise-fence', file: new URL('./raise-fence.lua', import.meta.url), keys: 1 });
const ESTABLISH = script({ name: 'establish-fence', file: new URL('./establish-fence.lua', import.meta.url), keys: 1 });

/**
 * Whether a group's fence of a partition is in force in the Redis that runs now: what it guards was rebuilt, and has not been
 * lost since. For those who read what another group writes.
 *
 * @throws Unavailable
 */
export async function isFenceInForce(redis: RedisClient, partition: number, group: string): Promise<boolean> {
  const { runId } = redis;
  if (runId === undefined) throw new Unavailable('redis', redis.unavailable ?? 'not verified');
  const stored = await redis.call((client) => client.get(fenceKey(partition, group)));
  return stored !== null && stored.startsWith(`${runId}|`) && !stored.endsWith('|rebuilding');
}

export interface FencedGateOptions {
  /** The consumer group whose generations fence its partitions. */
  readonly group: string;
  /**
   * Brings back what Redis held for the partition. Called when its fence is missing or of another Redis run, before any lane
   * of the partition runs; may be called again for the same partition, also at the same time by a later owner elsewhere.
   */
  readonly rebuild?: (partition: number, generation: number) => Promise<void>;
}

/** A partition cannot be worked on under this generation (yet); whoever asked asks again after two further heartbeats. */
export class FenceRefused extends FenceLost {
  constructor(partition: number, generation: number, reason: string) {
    super(partition);
    this.message = `generation ${generation} cannot raise the fence of partition ${partition}: ${reason}`;
  }
}

/**
 * Puts a consumer group's generation into Redis as the fence of each partition it works on. Tokens are compared by
 * (epoch, generation); a lower generation never raises, so a member that slept through a rebalance cannot come back.
 *
 * A missing fence, or one of another Redis run, means that Redis was lost: the partition is rebuilt first. Until then the
 * stored fence says `rebuilding` and equals no token, so every fenced script is refused. The owner of the later generation
 * takes a rebuild over and starts it anew; the earlier one cannot put its own in force any more.
 *
 * A stored generation above ours can mean that we are the past, or that the group was deleted and counts from 1 again. Only
 * the broker knows: when the same stored value refuses the same generation a second time, two heartbeats have succeeded in
 * between (that is `admit`'s contract), so ours is current and a new epoch begins with it.
 */
export class FencedGate {
  readonly #redis: RedisClient;
  readonly #options: FencedGateOptions;
  readonly #refusals = new Map<number, { readonly generation: number; readonly stored: string }>();

  constructor(redis: RedisClient, options: FencedGateOptions) {
    this.#redis = redis;
    this.#options = options;
  }

  /**
   * @returns the token that fenced scripts compare
   * @throws FenceRefused, Unavailable, or what the rebuild threw
   */
  async admit(partition: number, generation: number): Promise<string> {
    const runId = this.#redis.runId;
    if (runId === undefined) throw new Unavailable('redis', this.#redis.unavailable ?? 'not verified');
    const key = fenceKey(partition, this.#options.group);
    const refusal = this.#refusals.get(partition);
    const refusedBy = refusal?.generation === generation ? refusal.stored : '';
    const [answer, token] = await this.#redis.runScript<[string, string]>(RAISE, [key], [runId, generation, refusedBy]);
    if (answer === 'refused') {
      this.#refusals.set(partition, { generation, stored: token });
      throw new FenceRefused(partition, generation, `${token} is higher`);
    }
    this.#refusals.delete(partition);
    if (answer === 'cold') {
      await this.#options.rebuild?.(partition, generation);
      const inForce = await this.#redis.runScript<number>(ESTABLISH, [key], [token]);
      if (inForce === 0) throw new FenceRefused(partition, generation, 'the rebuild was overtaken');
    }
    return token;
  }
}
