import { CAMPAIGN_GROUP, heldKey, messagesKey, progressKey } from '@heliograph/campaigns';
import { script, type HeldFence, type RedisClient } from '@heliograph/redis';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const LOOK = script({ name: 'look-at-campaigns', file: lua('look-at-campaigns'), keys: 'any' });
const GIVE = script({ name: 'give-rows', file: lua('give-rows'), keys: 4 });
const FORGET = script({ name: 'forget-messages', file: lua('forget-messages'), keys: 4 });

/** How far a campaign is in a partition. */
export interface Look {
  /** Offset of the recipients to be read next; undefined before the first. */
  readonly next: number | undefined;
  /** Every recipient was read. */
  readonly isClosed: boolean;
  /** Messages given to the dispatcher that have not ended. */
  readonly given: number;
  /** Messages that are held, due or not. */
  readonly held: number;
  readonly due: readonly HeldPlace[];
}

/** A message that is held, and the record of the timeline that has its command. */
export interface HeldPlace {
  readonly member: string;
  readonly messageId: string;
  readonly offset: number;
}

/** What a message became: given to the dispatcher, or failed with a code before that. */
export interface Became {
  readonly code: string | undefined;
}

export interface Giving {
  readonly campaignId: string;
  /** Where the recipients were read from, as {@link Look.next} said. */
  readonly from: number | undefined;
  /** Undefined when none were read. */
  readonly next: number | undefined;
  readonly isClosed: boolean;
  readonly rows: readonly (Became & { readonly messageId: string })[];
  readonly held: readonly (Became & { readonly member: string })[];
}

/** How far the recipients of campaigns were given to the dispatcher. */
export class ExpansionStore {
  constructor(private readonly redis: RedisClient) {}

  /**
   * @param campaigns with the moment until which held ones are due, milliseconds, or Infinity
   * @param most held ones of each
   * @throws FenceLost, Unavailable
   */
  async look(
    partition: number,
    token: string,
    campaigns: readonly { readonly campaignId: string; readonly dueUntil: number }[],
    most: number,
  ): Promise<Look[]> {
    const keys = campaigns.flatMap(({ campaignId }) => [
      progressKey(partition, campaignId),
      heldKey(partition, campaignId),
    ]);
    const until = campaigns.map(({ dueUntil }) => (dueUntil === Infinity ? '+inf' : dueUntil));
    const looks = await this.redis.runFenced<RawLook[]>(LOOK, fenceOf(partition, token), keys, [most, ...until]);
    return looks.map(([next, closed, given, held, ...members]) => ({
      next: next === '' ? undefined : Number(next),
      isClosed: closed === 1,
      given,
      held,
      due: members.map(placeOf),
    }));
  }

  /** Which of the messages nothing is known of yet. @throws Unavailable */
  async unknown(partition: number, campaignId: string, messageIds: readonly string[]): Promise<Set<string>> {
    if (messageIds.length === 0) return new Set();
    const known = await this.redis.call((client) => client.hmget(messagesKey(partition, campaignId), ...messageIds));
    return new Set(messageIds.filter((_, index) => (known[index] ?? '-').startsWith('-')));
  }

  /**
   * Call when the commands are acknowledged.
   *
   * @returns false when somebody has read from there already, this one perhaps: nothing was written
   * @throws FenceLost, Unavailable; after the latter it may have been written
   */
  async give(partition: number, token: string, giving: Giving): Promise<boolean> {
    const { campaignId, from, next, isClosed, rows, held } = giving;
    const args = [
      ...[from ?? '', next ?? from ?? '', isClosed ? 1 : '', rows.length],
      ...rows.flatMap(({ messageId, code }) => [messageId, code ?? '']),
      ...held.flatMap(({ member, code }) => [member, code ?? '']),
    ];
    const fence = fenceOf(partition, token);
    return (await this.redis.runFenced<number>(GIVE, fence, keysOf(partition, campaignId), args)) === 1;
  }

  /**
   * Forgets a campaign's messages in a partition.
   *
   * @param counts `stay`: it is over for good, and nothing is counted any more; `go`: it is counted anew
   * @throws FenceLost, Unavailable; repeating is safe
   */
  async forget(partition: number, token: string, campaignId: string, counts: 'stay' | 'go'): Promise<void> {
    const args = [counts === 'stay' ? 1 : ''];
    await this.redis.runFenced(FORGET, fenceOf(partition, token), keysOf(partition, campaignId), args);
  }
}

type RawLook = [next: string, closed: number, given: number, held: number, ...members: string[]];

const fenceOf = (partition: number, token: string): HeldFence => ({ partition, group: CAMPAIGN_GROUP, token });

const keysOf = (partition: number, campaignId: string): string[] => [
  progressKey(partition, campaignId),
  messagesKey(partition, campaignId),
  heldKey(partition, campaignId),
];

function placeOf(member: string): HeldPlace {
  const [offset, messageId] = member.split(' ');
  return { member, messageId: messageId!, offset: Number(offset) };
}
