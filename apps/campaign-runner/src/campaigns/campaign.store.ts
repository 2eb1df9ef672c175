import type { CampaignState } from '@heliograph/contracts';
import { fenceKey, script, type HeldFence, type RedisClient } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';
import { ORDERS_GROUP } from '../config.ts';
import { keptForMs } from './kept-for.ts';
import { campaignStateKey } from './keys.ts';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const TAKE = script({ name: 'take-campaign', file: lua('take-campaign'), keys: 2 });
const WRITE = script({ name: 'write-campaign', file: lua('write-campaign'), keys: 2 });
const CLEAR = script({ name: 'clear-campaign', file: lua('clear-campaign'), keys: 1 });
const RESTORE = script({ name: 'restore-campaign', file: lua('restore-campaign'), keys: 2 });

/** What a state follows from, as far as its event needs it. */
export interface CampaignCause {
  /** Where the order was read: `topic/partition/offset`; absent when it came by itself. */
  readonly origin?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** A state that Redis has and the topic may not have yet. */
export interface UnpublishedCampaign {
  readonly state: CampaignState;
  readonly cause: CampaignCause;
}

export type TakenCampaign =
  | { readonly kind: 'free'; readonly state: CampaignState | undefined }
  /** Must be published before anything else is folded; the caller is its publisher from now on: `since` is for `clear`. */
  | { readonly kind: 'pending'; readonly unpublished: UnpublishedCampaign; readonly since: number }
  /** An earlier owner may still be publishing for so many milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number };

/** A partition of what is asked of campaigns, and the token of its fence. */
export interface Place {
  readonly partition: number;
  readonly fence: string;
}

/** Where campaigns stand, as it is worked on; the topic tells everybody else. */
export class CampaignStore {
  /** @param publishMs how long a publish can last after this store named its publisher */
  constructor(
    private readonly redis: RedisClient,
    private readonly publishMs: number,
  ) {}

  /** @throws FenceLost, Unavailable */
  async take(place: Place, campaignId: string): Promise<TakenCampaign> {
    const keys = [campaignStateKey(place.partition, campaignId)];
    const taken = await this.redis.runFenced<string[]>(TAKE, fenceOf(place), keys, [this.publishMs]);
    const [kind, state, cause, since] = taken;
    if (kind === 'wait') return { kind, ms: Number(state) };
    if (kind === 'free') return { kind, state: state ? (JSON.parse(state) as CampaignState) : undefined };
    const unpublished = JSON.parse(`{"state":${state},"cause":${cause}}`) as UnpublishedCampaign;
    return { kind: 'pending', unpublished, since: Number(since) };
  }

  /**
   * The caller is the publisher of what is new.
   *
   * @returns since when the caller is the publisher, for {@link clear}; 0 when Redis has another state than that: nothing was written
   * @throws FenceLost, Unavailable; after the latter it may have been written
   */
  write(place: Place, before: CampaignState | undefined, next: UnpublishedCampaign): Promise<number> {
    const { state, cause } = next;
    const keys = [campaignStateKey(place.partition, state.campaignId)];
    const args = [
      before?.version ?? 0,
      state.version,
      JSON.stringify(state),
      JSON.stringify(cause),
      keptForMs(state, Date.now()),
    ];
    return this.redis.runFenced<number>(WRITE, fenceOf(place), keys, args);
  }

  /**
   * Call when it is acknowledged. Does nothing when somebody else publishes it by now, or the caller once more.
   *
   * @param since what made the caller its publisher answered
   * @throws Unavailable; clearing again is safe
   */
  async clear({ partition, fence }: Place, { campaignId, version }: CampaignState, since: number): Promise<void> {
    await this.redis.runScript(CLEAR, [campaignStateKey(partition, campaignId)], [version, fence, since]);
  }

  /** @throws Error when Redis was lost again, or another generation has taken the rebuild over; Unavailable */
  async restore(partition: number, generation: number, state: CampaignState): Promise<void> {
    const { runId } = this.redis;
    if (runId === undefined) throw new Unavailable('redis', this.redis.unavailable ?? 'not verified');
    const keys = [fenceKey(partition, ORDERS_GROUP), campaignStateKey(partition, state.campaignId)];
    const args = [runId, generation, state.version, JSON.stringify(state), keptForMs(state, Date.now())];
    await this.redis.runScript(RESTORE, keys, args);
  }
}

const fenceOf = ({ partition, fence }: Place): HeldFence => ({ partition, group: ORDERS_GROUP, token: fence });
