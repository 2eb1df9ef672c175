import { PartitionGathering } from '../client/gathering.ts';
import type { RedisClient } from '../client/redis-client.ts';
import { script } from '../client/script.ts';
import { partitionKey } from '../keys.ts';

const CLAIM = script({ name: 'claim', file: new URL('./claim.lua', import.meta.url), keys: 'any' });
const FINISH = script({ name: 'finish-claim', file: new URL('./finish-claim.lua', import.meta.url), keys: 'any' });

const DAY_MS = 86_400_000;
/** A script keeps Redis busy for about 3 µs per claim. */
const MOST_PER_CALL = 100;

export interface ClaimRequest {
  /** The id of the fact or event that must have one effect. */
  readonly id: string;
  /** Effective origin of the record, `topic/partition/offset`: the header of a parked or dead copy, else its own place. */
  readonly origin: string;
  /** Kept with a claim that has no note yet, in the same step. */
  readonly note?: string;
}

export interface FinishedClaim extends ClaimRequest {
  /**
   * `done`: its effect is durable. `dead`, `parked`: a copy with the header `origin` is durable on the dead letter or parked
   * topic. A note replaces the one the claim has.
   */
  readonly state: 'done' | 'dead' | 'parked';
}

/** `go`: this record is the one that has the effect, for the first time or again; `note` is the claim's note, old or new. */
export type Claimed = { readonly kind: 'go'; readonly note?: string } | { readonly kind: 'repeat' };

export interface ClaimStoreOptions {
  readonly group: string;
  /** How long a claim is kept after its last change; never under 24 hours, 7 days by default (Meta repeats for that long). */
  readonly keepMs?: number;
}

/**
 * The once-only record of an id: open, parked, dead or done, and the origin of the record that holds it.
 *
 * Claiming is fenced: after Redis was lost a sleeping former owner would claim afresh, and the record of the new owner would
 * be dropped as a repeat. Finishing is not: in the model (claim.pml) `done` and `dead` are set by whoever published or wrote
 * the copy, of any fence, and nothing is lost or published twice, also with Redis lost in between. What has happened stays
 * true when the fence has moved on; refusing it would only make the next owner publish again.
 */
export class ClaimStore {
  readonly #redis: RedisClient;
  readonly #group: string;
  readonly #keepMs: number;
  readonly #claims = new PartitionGathering<ClaimRequest, Claimed>(MOST_PER_CALL, (partition, requests, fence) =>
    this.claimMany(partition, requests, fence),
  );
  readonly #finishes = new PartitionGathering<FinishedClaim>(MOST_PER_CALL, async (partition, finished) => {
    await this.finishMany(partition, finished);
    return [];
  });

  /** @throws Error when `keepMs` is under 24 hours */
  constructor(redis: RedisClient, options: ClaimStoreOptions) {
    this.#redis = redis;
    this.#group = options.group;
    this.#keepMs = options.keepMs ?? 7 * DAY_MS;
    if (this.#keepMs < DAY_MS) throw new Error(`keepMs must be at least ${DAY_MS} (24 hours), not ${this.#keepMs}`);
  }

  /** @throws FenceLost, Unavailable; as {@link claimMany}, together with what else is claimed in this turn */
  claim(partition: number, request: ClaimRequest, fence: string): Promise<Claimed> {
    return this.#claims.add(partition, request, fence);
  }

  /**
   * Claims in the order given, in one step: of two requests for one id only the first goes on, unless they are of one origin.
   *
   * @throws FenceLost when the fence is missing or another one; nothing is claimed then
   * @throws Unavailable when the answer did not come; claiming again with the same origins is safe
   */
  async claimMany(partition: number, requests: readonly ClaimRequest[], fence: string): Promise<Claimed[]> {
    if (requests.length === 0) return [];
    const answers = await this.#redis.runFenced<(number | string)[]>(
      CLAIM,
      { partition, group: this.#group, token: fence },
      requests.map((request) => this.#key(partition, request.id)),
      [this.#keepMs, ...requests.flatMap(({ origin, note }) => [origin, note ?? ''])],
    );
    return answers.map((answer, index) => toClaimed(answer, requests[index]!));
  }

  /** @throws Unavailable; finishing again is safe */
  finish(partition: number, finished: FinishedClaim): Promise<void> {
    return this.#finishes.add(partition, finished);
  }

  /** @throws Unavailable; finishing again is safe */
  async finishMany(partition: number, finished: readonly FinishedClaim[]): Promise<void> {
    if (finished.length === 0) return;
    await this.#redis.runScript(
      FINISH,
      finished.map((claim) => this.#key(partition, claim.id)),
      [this.#keepMs, ...finished.flatMap(({ state, origin, note }) => [state, origin, note ?? ''])],
    );
  }

  #key(partition: number, id: string): string {
    return partitionKey(partition, 'claim', id);
  }
}

function toClaimed(answer: number | string, { note }: ClaimRequest): Claimed {
  if (answer === 0) return { kind: 'repeat' };
  return { kind: 'go', note: typeof answer === 'string' ? answer.slice(1) : note };
}
