import { EVENTS, factId, mappingKey, partiesOf, type ConversationMapped, type Parties } from '@heliograph/contracts';
import { newEvent, partitionOf, type Delivery, type EventPublisher } from '@heliograph/kafka';
import type { RedisClient } from '@heliograph/redis';

export type Mapping =
  | { readonly kind: 'mapped'; readonly parties: Parties }
  /** Nobody has mapped it yet. */
  | { readonly kind: 'unknown' }
  /** Redis does not hold all of this partition of the topic: nothing can be said. */
  | { readonly kind: 'incomplete'; readonly partition: number };

/** Most mappings remembered as known; then the memory starts anew. */
const MOST_KNOWN = 100_000;
/** The same for those with their parties, about 400 bytes each. */
const MOST_FOUND = 20_000;

/**
 * Which conversation a provider conversation belongs to: the working set in Redis of the compacted topic
 * `conversation.mapping`. Mappings never change and are kept for good.
 *
 * A partition of it is whole when its mark carries the id of the present Redis run: after a loss the mark is missing, after a
 * restart from Redis' file (which may lack the last second) it names the run before.
 */
export class MappingStore {
  /** Mappings known to be on the topic; saves the look-up on every event of a busy conversation. */
  private readonly known = new Set<string>();
  /** What look-ups have found. A mapping never changes and is on the topic before it is in Redis, so it outlives a lost Redis. */
  private readonly found = new Map<string, Parties>();

  constructor(
    private readonly redis: RedisClient,
    private readonly publisher: EventPublisher,
    private readonly partitions: number,
  ) {}

  /** @throws {Unavailable} */
  async find(tenant: string, account: string, providerConversationId: string): Promise<Mapping> {
    const key = mappingKey(tenant, account, providerConversationId);
    const remembered = this.found.get(key);
    if (remembered) return { kind: 'mapped', parties: remembered };
    const partition = this.partitionOf(key);
    const { runId } = this.redis;
    const [found, mark] = await this.redis.call((client) => client.mget(this.redisKey(key), markKey(partition)));
    if (found) return { kind: 'mapped', parties: this.remember(key, JSON.parse(found) as Parties) };
    return mark && mark === runId ? { kind: 'unknown' } : { kind: 'incomplete', partition };
  }

  /** Makes a mapping known: durably on the topic first, then in Redis. */
  async learn(parties: Parties, providerConversationId: string, at: string, cause: Delivery): Promise<void> {
    const key = mappingKey(parties.tenant, parties.account, providerConversationId);
    if (this.known.has(key)) return;
    if (!(await this.redis.call((client) => client.exists(this.redisKey(key))))) {
      const { conversationId, tenant } = parties;
      const data: ConversationMapped = { ...partiesOf(parties), providerConversationId, at };
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
      await this.put([data]);
    }
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.add(key);
  }

  /** Puts mappings that are on the topic into Redis. */
  async put(mapped: readonly ConversationMapped[]): Promise<void> {
    await this.redis.call((client) =>
      Promise.all(
        mapped.map((mapping) => {
          const { tenant, account, providerConversationId } = mapping;
          return client.set(
            this.redisKey(mappingKey(tenant, account, providerConversationId)),
            JSON.stringify(partiesOf(mapping)),
          );
        }),
      ),
    );
  }

  /** Whether everything of this partition of the topic is in Redis. */
  async isWhole(partition: number): Promise<boolean> {
    const { runId } = this.redis;
    return (await this.redis.call((client) => client.get(markKey(partition)))) === runId;
  }

  /** @param runId of the Redis that holds everything of this partition */
  async markWhole(partition: number, runId: string): Promise<void> {
    await this.redis.call((client) => client.set(markKey(partition), runId));
  }

  private remember(key: string, parties: Parties): Parties {
    if (this.found.size >= MOST_FOUND) this.found.clear();
    this.found.set(key, parties);
    return parties;
  }

  private partitionOf(key: string): number {
    return partitionOf(key, this.partitions);
  }

  private redisKey(key: string): string {
    return `{m${this.partitionOf(key)}}:mapping:${key}`;
  }
}

const markKey = (partition: number): string => `{m${partition}}:rebuilt`;
