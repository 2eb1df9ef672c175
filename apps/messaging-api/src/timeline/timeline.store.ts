import { Injectable } from '@nestjs/common';
import { EVENTS, type TimelineEntry } from '@heliograph/contracts';
import { partitionKey, fenceKey, RedisClient, script } from '@heliograph/redis';

const APPEND = script({ name: 'append-timeline', file: new URL('./append.lua', import.meta.url), keys: 3 });
const ERASE = script({ name: 'erase-timeline', file: new URL('./erase-before.lua', import.meta.url), keys: 2 });
const PAGE = script({ name: 'page-timeline', file: new URL('./page.lua', import.meta.url), keys: 1 });

export const TIMELINE_GROUP = 'messaging-api-timeline';

/** What is kept of a conversation; all of it is on the topic. */
export interface TimelineLimits {
  readonly entries: number;
  readonly keptMs: number;
}

export interface TimelinePage {
  /** Newest first. */
  readonly entries: readonly TimelineEntry[];
  /** Sequence of the oldest entry kept. */
  readonly oldestKept: number;
  readonly tenant: string;
}

/** The newest timeline entries of each conversation: `{p<n>}:timeline:<conversation id>`. Written by this service alone. */
@Injectable()
export class TimelineStore {
  constructor(
    private readonly redis: RedisClient,
    private readonly limits: TimelineLimits,
  ) {}

  /**
   * Puts an entry into the index, in whatever order entries come.
   *
   * @param fence what the partition was admitted with
   * @throws FenceLost when Redis has lost the fence, and so perhaps the index: it is rebuilt then
   * @throws Unavailable
   */
  async append(partition: number, fence: string, entry: TimelineEntry): Promise<void> {
    const { keys, args } = this.change(partition, entry);
    await this.redis.runFenced(APPEND, { partition, group: TIMELINE_GROUP, token: fence }, keys, args);
  }

  /** Puts an entry into the index while the partition is being rebuilt and no fence is in force. */
  async restore(partition: number, entry: TimelineEntry): Promise<void> {
    const { keys, args } = this.change(partition, entry);
    await this.redis.runScript(APPEND, [fenceKey(partition, TIMELINE_GROUP), ...keys], ['rebuild', ...args]);
  }

  /** Keeps entries away that were erased. @param through number of the entry that tells of it @throws Unavailable */
  async eraseBefore(partition: number, conversationId: string, through: number): Promise<void> {
    const keys = [keyOf(partition, conversationId), erasedKey(partition, conversationId)];
    await this.redis.runScript(ERASE, keys, [through, this.limits.keptMs]);
  }

  /**
   * @param before only entries with a lower sequence
   * @returns undefined when nothing is kept of the conversation
   * @throws Unavailable
   */
  async page(
    partition: number,
    conversationId: string,
    limit: number,
    before?: number,
  ): Promise<TimelinePage | undefined> {
    const highest = before === undefined ? '+inf' : before - 1;
    const [oldest, ...entries] = await this.redis.runScript<string[]>(
      PAGE,
      [keyOf(partition, conversationId)],
      [highest, limit],
    );
    if (oldest === undefined) return undefined;
    const { sequence, tenant } = parse(oldest);
    return { entries: entries.map(parse), oldestKept: sequence, tenant };
  }

  private change(partition: number, entry: TimelineEntry): { keys: string[]; args: (string | number)[] } {
    const { entries, keptMs } = this.limits;
    const { conversationId, sequence } = entry;
    const erases = entry.kind === EVENTS.contactErased.type ? 1 : 0;
    return {
      keys: [keyOf(partition, conversationId), erasedKey(partition, conversationId)],
      args: [sequence, JSON.stringify(entry), entries, keptMs, erases],
    };
  }
}

const keyOf = (partition: number, conversationId: string): string =>
  partitionKey(partition, 'timeline', conversationId);

const erasedKey = (partition: number, conversationId: string): string =>
  partitionKey(partition, 'erased', conversationId);

const parse = (json: string): TimelineEntry => JSON.parse(json) as TimelineEntry;
