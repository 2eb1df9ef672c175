import { EVENTS, factId, type ConversationMapped, type Parties } from '@heliograph/contracts';
import { newEvent, partitionOf, type Delivery, type EventPublisher } from '@heliograph/kafka';
import type { RedisClient } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';

/** Record key of a mapping. */
export const mappingKey = (tenant: string, account: string, providerConversationId: string): string =>
  `${tenant}/${account}/${providerConversationId}`;

/**
 * Which conversation a provider conversation belongs to: the working set in Redis of the compacted topic
 * `conversation.mapping`. Mappings never change and are kept for good.
 */
export class MappingStore {
  /** Mappings known to be on the topic and in Redis; saves the look-up on every event of a busy conversation. */
  private readonly known = new Set<string>();

  constructor(
    private readonly redis: RedisClient,
    private readonly publisher: EventPublisher,
    private readonly partitions: number,
  ) {
    redis.on('lost', () => this.known.clear());
  }

  /** @throws {Unavailable} while the partition of this mapping is not rebuilt after Redis was lost */
  async find(tenant: string, account: string, providerConversationId: string): Promise<Parties | undefined> {
    const key = mappingKey(tenant, account, providerConversationId);
    const [found, rebuilt] = await this.redis.call((client) =>
      client.mget(this.redisKey(key), this.markKey(this.partitionOf(key))),
    );
    if (found) return JSON.parse(found) as Parties;
    if (!rebuilt) throw new Unavailable('conversation mapping', 'it is being read from its topic');
    return undefined;
  }

  /** Makes a mapping known: durably on the topic first, then in Redis. */
  async learn(parties: Parties, providerConversationId: string, at: string, cause: Delivery): Promise<void> {
    const key = mappingKey(parties.tenant, parties.account, providerConversationId);
    if (this.known.has(key)) return;
    if (!(await this.redis.call((client) => client.exists(this.redisKey(key))))) {
      const { conversationId, tenant, account, channel, sender, contact } = parties;
      const owner = { conversationId, tenant, account, channel, sender, contact };
      const data: ConversationMapped = { ...owner, providerConversationId, at };
      const event = newEvent(EVENTS.conversationMapped, {
        id: factId(`${key}/mapped`),
        key,
        data,
        tenant,
        subject: conversationId,
        time: at,
        source: '/heliograph/dedup-router',
        cause,
      });
      await this.publisher.publish([{ contract: EVENTS.conversationMapped, event }]);
      await this.put(data);
    }
    if (this.known.size > 100_000) this.known.clear();
    this.known.add(key);
  }

  /** Puts a mapping that is on the topic into Redis. */
  async put(mapped: ConversationMapped): Promise<void> {
    const { providerConversationId, conversationId, tenant, account, channel, sender, contact } = mapped;
    const key = mappingKey(tenant, account, providerConversationId);
    const parties: Parties = { conversationId, tenant, account, channel, sender, contact };
    await this.redis.call((client) => client.set(this.redisKey(key), JSON.stringify(parties)));
  }

  /** Everything of this partition of the topic is in Redis. */
  async markRebuilt(partition: number): Promise<void> {
    await this.redis.call((client) => client.set(this.markKey(partition), '1'));
  }

  private partitionOf(key: string): number {
    return partitionOf(key, this.partitions);
  }

  private redisKey(key: string): string {
    return `{m${this.partitionOf(key)}}:mapping:${key}`;
  }

  private markKey(partition: number): string {
    return `{m${partition}}:rebuilt`;
  }
}
