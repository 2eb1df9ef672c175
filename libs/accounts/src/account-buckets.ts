import type { Channel } from '@heliograph/contracts';
import type { Account } from './account.ts';
import type { Limit } from './account-limits.ts';
import { paceBucket } from './campaign-pace.ts';
import type { LimitBucket } from './limit-bucket.ts';

/** What a message counts as besides a message: guide 003 limits the two by themselves. */
export type Traffic = 'campaign' | 'agentless' | 'conversation';

export interface CampaignPace {
  readonly campaignId: string;
  /** Messages; what the other buckets allow when absent. */
  readonly perMinute?: number | undefined;
}

export interface MessageBuckets {
  readonly clientId: string;
  readonly channel: Channel;
  /** The number it is from, canonical. */
  readonly number: string;
  readonly traffic: Traffic;
  /** Stands for number and contact together. */
  readonly conversationId: string;
  /** Of a campaign with a pace of its own. */
  readonly campaign?: CampaignPace | undefined;
}

/**
 * From which buckets the requests of an account take. Every service that calls a provider uses this one list, so that all of
 * them take from the same buckets; they lie in the budget of the tenant, because accounts of one organisation share its limit.
 */
export class AccountBuckets {
  /** Every request of the organisation. */
  readonly tenant: LimitBucket;
  readonly #account: Account;
  readonly #organisation: string;
  readonly #sets = new Map<string, readonly LimitBucket[]>();

  constructor(account: Account) {
    this.#account = account;
    this.#organisation = `${account.profile}:${account.api.baseUrl.replace(/^https?:\/\//, '')}`;
    this.tenant = this.#bucket('tenant', this.#organisation, account.limits.tenant);
  }

  /** Of one OAuth client; the tenant's where clients have no limit of their own. */
  client(clientId: string): LimitBucket {
    const { client } = this.#account.limits;
    // A client without a limit still is what a token endpoint throttles: its bucket is then as wide as the tenant's.
    return this.#bucket('client', `${this.#organisation}:${clientId}`, client ?? this.#account.limits.tenant);
  }

  /** Of one number; undefined where numbers have no limit. */
  number(channel: Channel, number: string): LimitBucket | undefined {
    const { number: limit } = this.#account.limits;
    return limit ? this.#bucket('number', `${channel}:${number}`, limit) : undefined;
  }

  /** Any request that sends no message: tokens, look-ups, lists, opening a conversation. */
  request(clientId: string): readonly LimitBucket[] {
    return this.#set(clientId, () => [this.tenant, this.client(clientId)]);
  }

  /** A request about templates: the account's own limits beside those of every request. */
  template(clientId: string, kind: 'creation' | 'reading'): readonly LimitBucket[] {
    return this.#set(`${clientId} template ${kind}`, () =>
      [...this.request(clientId), this.templateCalls, kind === 'creation' ? this.templateCreations : undefined].filter(
        (one) => one !== undefined,
      ),
    );
  }

  /** Templates created; undefined where there is no such limit. */
  get templateCreations(): LimitBucket | undefined {
    return this.#templates('creations');
  }

  /** Every request about templates; undefined where there is no such limit. */
  get templateCalls(): LimitBucket | undefined {
    return this.#templates('calls');
  }

  /** A request that sends a message. */
  message({ clientId, channel, number, traffic, conversationId, campaign }: MessageBuckets): readonly LimitBucket[] {
    const shared = this.#set(`${clientId} ${traffic} ${channel} ${number}`, () =>
      [...this.request(clientId), this.number(channel, number), this.#traffic(traffic)].filter(
        (one) => one !== undefined,
      ),
    );
    const set =
      campaign?.perMinute === undefined ? shared : [...shared, paceBucket(campaign.campaignId, campaign.perMinute)];
    const { pair } = this.#account.limits;
    if (!pair || channel !== 'whatsapp') return set;
    const name = `pair:${number}:${conversationId}`;
    return [...set, { name, limit: 1, periodMs: pair.perSeconds * 1_000, borrow: pair.borrow }];
  }

  #traffic(traffic: Traffic): LimitBucket | undefined {
    const limit = traffic === 'conversation' ? null : this.#account.limits[traffic];
    return limit ? this.#bucket(traffic, this.#organisation, limit) : undefined;
  }

  #templates(kind: 'creations' | 'calls'): LimitBucket | undefined {
    const limit = this.#account.limits.templates?.[kind];
    return limit ? this.#bucket(`template-${kind}`, `${this.#organisation}:${this.#account.id}`, limit) : undefined;
  }

  #bucket(kind: string, whose: string, { requests, perSeconds }: Limit): LimitBucket {
    const { campaignShare } = this.#account.limits;
    return { name: `${kind}:${whose}`, limit: requests, periodMs: perSeconds * 1_000, campaignShare };
  }

  /** The same array each time: whoever waits together is recognised by it. */
  #set(name: string, make: () => readonly LimitBucket[]): readonly LimitBucket[] {
    const known = this.#sets.get(name);
    if (known) return known;
    const made = make();
    this.#sets.set(name, made);
    return made;
  }
}
