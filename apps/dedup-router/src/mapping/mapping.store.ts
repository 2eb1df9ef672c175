import {
  ERASED,
  EVENTS,
  factId,
  mappingKey,
  partiesOf,
  type ConversationMapped,
  type Parties,
} from '@heliograph/contracts';
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
/** They carry addresses, and may be erased. */
const FOUND_KEPT_MS = 60_000;

/**
 * Which conversation a provider conversation belongs to: the working set in Redis of the compacted topic
 * `conversation.mapping`. Mappings are kept for good, and change once at most: when their contact is erased.
 *
 * A partition of it is whole when its mark carries the id of the present Redis run: after a loss the mark is missing, after a
 * restart from Redis' file (which may lack the last second) it names the run before.
 */
export class MappingStore {
  /** Mappings known to be on the topic; saves the look-up on every event of a busy conversation. */
  private readonly known = new Set<string>();
  /** What look-ups have found. It is on the topic before it is in Redis, so it outlives a lost Redis. */
  private readonly found = new Map<string, Parties>();
  private foundSince = Date.now();

  constructor(
    private readonly redis: RedisClient,
    private readonly publisher: EventPublisher,
    private readonly partitions: number,
  ) {}

  /** @throws {Unavailable} */
  async find(tenant: string, account: string, providerConversationId: string): Promise<Mapping> {
    const key = mappingKey(tenant, account, providerConversationId);
    const remembered = this.recentlyFound(key);
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
        mapped.flatMap((mapping) => {
          const { tenant, account, providerConversationId, conversationId, contact } = mapping;
          const key = mappingKey(tenant, account, providerConversationId);
          const [name, parties] = [this.redisKey(key), JSON.stringify(partiesOf(mapping))];
          // An address that was erased does not come back, in whatever order a rebuild and the topic's reader write.
          const written = contact === ERASED ? client.set(name, parties) : client.set(name, parties, 'NX');
          return [written, client.sadd(mappedKey(this.partitionOf(key), conversationId), key)];
        }),
      ),
    );
  }

  /** Keys of the mappings of a conversation in one partition that name its contact. */
  async namingContact(partition: number, conversationId: string): Promise<{ key: string; parties: Parties }[]> {
    const keys = await this.redis.call((client) => client.smembers(mappedKey(partition, conversationId)));
    if (keys.length === 0) return [];
    const found = await this.redis.call((client) => client.mget(keys.map((key) => this.redisKey(key))));
    const mappings = keys.map((key, index) => ({ key, parties: JSON.parse(found[index] ?? 'null') as Parties | null }));
    return mappings.filter(
      (one): one is { key: string; parties: Parties } => one.parties?.contact !== ERASED && one.parties !== null,
    );
  }

  /** What this process remembers by itself; other replicas forget within {@link FOUND_KEPT_MS}. */
  forgetFound(): void {
    this.found.clear();
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

  private recentlyFound(key: string): Parties | undefined {
    if (Date.now() - this.foundSince > FOUND_KEPT_MS) {
      this.found.clear();
      this.foundSince = Date.now();
    }
    return this.found.get(key);
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

/** Not the mark of routers that did not keep which mappings a conversation has: they are read once more. */
const markKey = (partition: number): string => `{m${partition}}:rebuilt-with-index`;
const mappedKey = (partition: number, conversationId: string): string => `{m${partition}}:mapped:${conversationId}`;
