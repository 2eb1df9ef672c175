import { setTimeout as delay } from 'node:timers/promises';
import {
  headerText,
  readAttributes,
  TOPICS,
  type Channel,
  type RecordLike,
  type SessionSnapshot,
  type TimelineEntry,
  type TopicDefinition,
} from '@heliograph/contracts';
import { committedOffset, readPartition, type Kafka } from '@heliograph/kafka';
import { SERVICE } from '../config.ts';
import { positionOf } from '../fold/positions.ts';
import { metrics } from '../metrics.ts';
import type { SessionStore } from '../sessions/session.store.ts';
import { Batches } from './batches.ts';
import type { RebuildStore, Rebuilding } from './rebuild.store.ts';
import { replay, type PublishedEntry } from './replay.ts';

export const INPUTS = [TOPICS.conversationInbound, TOPICS.conversationOutbound] as const;

const BATCH = 500;

export interface RebuildOptions {
  readonly kafka: Kafka;
  readonly store: RebuildStore;
  readonly sessions: SessionStore;
  readonly groupingMs: (channel: Channel) => number;
  /** How long a publish begun before the loss can last, milliseconds. */
  readonly publishMs: number;
  readonly log: { info(fields: Record<string, unknown>, message: string): void };
}

/**
 * Brings a partition's states back after Redis was lost, so that no number is used twice and none is skipped: the
 * snapshots, then what the timeline has behind them, both read after every publish begun before the loss is out of time.
 *
 * The whole kept timeline of the partition is read: which entries are behind their snapshot, only a look at each can tell.
 */
export class SessionRebuild {
  constructor(private readonly options: RebuildOptions) {}

  /** @throws Unavailable, or Error when Redis was lost again or another generation took over */
  async run(partition: number, generation: number): Promise<void> {
    const { store, publishMs, log } = this.options;
    const stop = metrics.rebuildSeconds.startTimer();
    const rebuilding = store.begin(partition, generation);
    const quiet = await this.isQuiet(partition);
    if (!quiet) await delay(publishMs);
    const snapshots = await this.restoreSnapshots(rebuilding);
    const ahead = await this.restoreTail(rebuilding);
    log.info({ partition, generation, snapshots, ahead, waitedMs: quiet ? 0 : publishMs }, 'partition rebuilt');
    stop();
  }

  /** Nothing is unfinished in the inputs, so nobody can be publishing anything that follows from them. */
  private async isQuiet(partition: number): Promise<boolean> {
    const { kafka } = this.options;
    for (const input of INPUTS) {
      const from = await committedOffset(kafka, SERVICE, input, partition);
      const waiting = new Waiting();
      const visit = (): never => {
        throw waiting;
      };
      try {
        await readPartition(kafka, input, partition, { from, visit });
      } catch (error) {
        if (error === waiting) return false;
        throw error;
      }
    }
    return true;
  }

  private async restoreSnapshots(rebuilding: Rebuilding): Promise<number> {
    let restored = 0;
    const batches = new Batches<RecordLike>(BATCH, async (records) => {
      await Promise.all([...records.values()].map((same) => this.restoreSnapshot(rebuilding, same.at(-1)!)));
      restored += records.size;
    });
    await this.readByConversation(rebuilding.partition, TOPICS.conversationSession, batches);
    metrics.rebuilt.inc({ from: 'snapshot' }, restored);
    return restored;
  }

  private async restoreSnapshot(rebuilding: Rebuilding, { value }: RecordLike): Promise<void> {
    if (value === null) return;
    const state = JSON.parse(value.toString()) as SessionSnapshot;
    await this.options.store.restore(rebuilding, { state });
    await this.indexMessages(state);
  }

  private async restoreTail(rebuilding: Rebuilding): Promise<number> {
    const { store } = this.options;
    const { partition } = rebuilding;
    let ahead = 0;
    const batches = new Batches<RecordLike>(BATCH, async (records) => {
      const ids = [...records.keys()];
      const reached = await store.sequences(partition, ids);
      const behind = ids.filter((id, index) => records.get(id)!.some((record) => sequenceOf(record) > reached[index]!));
      await Promise.all(behind.map((id) => this.catchUp(rebuilding, id, records.get(id)!)));
      ahead += behind.length;
    });
    await this.readByConversation(partition, TOPICS.conversationTimeline, batches);
    metrics.rebuilt.inc({ from: 'timeline' }, ahead);
    return ahead;
  }

  private async catchUp(rebuilding: Rebuilding, conversationId: string, records: readonly RecordLike[]): Promise<void> {
    const { store, groupingMs } = this.options;
    const state = await store.state(rebuilding.partition, conversationId);
    const published = records.filter(({ value }) => value !== null).map(publishedEntry);
    if (published.length === 0) return;
    const reached = replay(state, published, groupingMs(published[0]!.entry.channel));
    if (!reached) return;
    await store.restore(rebuilding, reached);
    await this.indexMessages(reached.state);
  }

  private async readByConversation(
    partition: number,
    topic: TopicDefinition,
    batches: Batches<RecordLike>,
  ): Promise<void> {
    const visit = (record: RecordLike): Promise<void> => batches.add(record.key?.toString('utf8') ?? '', record);
    await readPartition(this.options.kafka, topic, partition, { visit });
    await batches.flush();
  }

  private async indexMessages({ conversationId, messages }: SessionSnapshot): Promise<void> {
    await this.options.sessions.indexMessages(
      conversationId,
      messages.map(({ messageId }) => messageId),
    );
  }
}

/** Thrown at the first unfinished record to end the read there. */
class Waiting extends Error {}

const sequenceOf = (record: RecordLike): number => Number(headerText(record, 'ce_sequence'));

function publishedEntry(record: RecordLike): PublishedEntry {
  const { time, origin = '', traceparent } = readAttributes(record).event;
  const entry = JSON.parse(record.value!.toString()) as TimelineEntry;
  return { entry, time, origin, position: positionOf(origin), traceparent };
}
