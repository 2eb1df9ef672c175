import { setTimeout as delay } from 'node:timers/promises';
import { decodeEvent, TOPICS, type ConversationMapped } from '@heliograph/contracts';
import { readPartition, type Kafka } from '@heliograph/kafka';
import type { RedisClient } from '@heliograph/redis';
import { Unavailable, type Log } from '@heliograph/runtime';
import type { MappingStore } from './mapping.store.ts';

const BATCH = 500;
const TRY_AGAIN_MS = 1_000;

/**
 * Reads partitions of `conversation.mapping` whole into Redis: at the first start and after Redis was lost. Needs no fence:
 * mappings never change, so whoever else writes at the same time writes the same.
 */
export class MappingRebuild {
  private readonly running = new Map<number, Promise<void>>();

  constructor(
    private readonly kafka: Kafka,
    private readonly redis: RedisClient,
    private readonly mapping: MappingStore,
    private readonly log: Log,
  ) {}

  /**
   * Makes sure that everything of the partition that is on the topic now is in Redis.
   *
   * @throws {Unavailable}
   */
  async ensure(partition: number): Promise<void> {
    if (!(await this.mapping.isWhole(partition))) await this.once(partition);
  }

  /** Resolves when it makes sense to look again: after a rebuild, or a moment after one failed. Never rejects. */
  async settled(partition: number): Promise<void> {
    try {
      await this.ensure(partition);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.log.warn({ partition, reason }, 'the conversation mapping could not be reread, trying again');
      await delay(TRY_AGAIN_MS);
    }
  }

  private once(partition: number): Promise<void> {
    const running = this.running.get(partition) ?? this.run(partition).finally(() => this.running.delete(partition));
    this.running.set(partition, running);
    return running;
  }

  private async run(partition: number): Promise<void> {
    const { runId } = this.redis;
    if (runId === undefined) throw new Unavailable('redis', this.redis.unavailable ?? 'not verified');
    const mapped: ConversationMapped[] = [];
    const { records } = await readPartition(this.kafka, TOPICS.conversationMapping, partition, {
      visit: (record) => {
        const decoded = decodeEvent(TOPICS.conversationMapping.name, record);
        if (decoded.ok) mapped.push(decoded.event.data as ConversationMapped);
        return mapped.length < BATCH ? undefined : this.mapping.put(mapped.splice(0));
      },
    });
    await this.mapping.put(mapped);
    // Marked for the run that was there at the beginning: when another one answers by now, the mark says so.
    await this.mapping.markWhole(partition, runId);
    this.log.info({ partition, records }, 'conversation mapping reread into Redis');
  }
}
