import {
  headerText,
  readAttributes,
  TOPICS,
  type RecordLike,
  type SessionSnapshot,
  type TimelineEntry,
  type TopicDefinition,
} from '@heliograph/contracts';
import type { TopicReader } from '@heliograph/kafka';
import { sleep } from '@heliograph/runtime';
import { SERVICE } from '../config.ts';
import { positionOf } from '../fold/positions.ts';
import type { FoldRules } from '../fold/rules.ts';
import { metrics } from '../metrics.ts';
import type { SessionStore } from '../sessions/session.store.ts';
import type { Unpublished } from '../sessions/unpublished.ts';
import { sinceErasure } from '../erasure/since-erasure.ts';
import { Batches } from './batches.ts';
import type { Reached, RebuildStore, Rebuilding } from './rebuild.store.ts';
import { replay, type PublishedEntry } from './replay.ts';

export const INPUTS = [
  TOPICS.conversationInbound,
  TOPICS.conversationOutbound,
  TOPICS.conversationDeadline,
  TOPICS.conversationErasure,
] as const;

const BATCH = 500;

export interface RebuildOptions {
  readonly topics: TopicReader;
  readonly store: RebuildStore;
  readonly sessions: SessionStore;
  readonly rules: FoldRules;
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
    if (!quiet) await sleep(publishMs);
    const snapshots = await this.restoreSnapshots(rebuilding);
    const ahead = await this.restoreTail(rebuilding);
    log.info({ partition, generation, snapshots, ahead, waitedMs: quiet ? 0 : publishMs }, 'partition rebuilt');
    stop();
  }

  /** Nothing is unfinished in the inputs, so nobody can be publishing anything that follows from them. */
  private async isQuiet(partition: number): Promise<boolean> {
    const { topics } = this.options;
    for (const input of INPUTS) {
      const from = await topics.committed(SERVICE, input, partition);
      const waiting = new Waiting();
      const visit = (): never => {
        throw waiting;
      };
      try {
        await topics.read(input, partition, { from, visit });
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
    await this.options.store.restore(rebuilding, state);
    await this.indexMessages(state);
  }

  private async restoreTail(rebuilding: Rebuilding): Promise<number> {
    const { store } = this.options;
    const { partition } = rebuilding;
    let ahead = 0;
    const batches = new Batches<RecordLike>(BATCH, async (records) => {
      const ids = [...records.keys()];
      const reached = await store.reached(partition, ids);
      const caughtUp = await Promise.all(
        ids.map((id, index) => this.restoreConversation(rebuilding, id, records.get(id)!, reached[index]!)),
      );
      ahead += caughtUp.filter(Boolean).length;
    });
    await this.readByConversation(partition, TOPICS.conversationTimeline, batches);
    metrics.rebuilt.inc({ from: 'timeline' }, ahead);
    return ahead;
  }

  /** @returns whether the timeline was ahead of its state */
  private async restoreConversation(
    rebuilding: Rebuilding,
    conversationId: string,
    records: readonly RecordLike[],
    reached: Reached,
  ): Promise<boolean> {
    const isAhead = records.some((record) => sequenceOf(record) > reached.sequence);
    if (!isAhead && reached.session === 0) return false;
    const published = records.filter(({ value }) => value !== null).map(publishedEntry);
    const next = isAhead ? await this.catchUp(rebuilding, conversationId, published) : undefined;
    // Of the session that was the present one until here, of the present one, and of one that is still to be archived.
    const present = next?.state.state === 'open' ? next.state.session : 0;
    const wanted = new Set([reached.session, present, next?.archives?.session ?? 0]);
    const unpublished = next?.entries ?? [];
    const kept = sinceErasure(published.map(({ entry }) => entry));
    for (const session of wanted) {
      const entries = [...kept, ...unpublished].filter((entry) => entry.session === session);
      if (session && entries.length > 0) {
        await this.options.store.restoreEntries(rebuilding, { conversationId, session }, entries);
      }
    }
    return isAhead;
  }

  private async catchUp(
    rebuilding: Rebuilding,
    conversationId: string,
    published: readonly PublishedEntry[],
  ): Promise<Unpublished | undefined> {
    const { store, rules } = this.options;
    const state = await store.state(rebuilding.partition, conversationId);
    const reached = replay(state, published, rules);
    if (!reached) return undefined;
    await store.restoreAhead(rebuilding, reached);
    await this.indexMessages(reached.state);
    return reached;
  }

  private async readByConversation(
    partition: number,
    topic: TopicDefinition,
    batches: Batches<RecordLike>,
  ): Promise<void> {
    const visit = (record: RecordLike): Promise<void> => batches.add(record.key?.toString('utf8') ?? '', record);
    await this.options.topics.read(topic, partition, { visit });
    await batches.flush();
  }

  private async indexMessages({ conversationId, messages }: SessionSnapshot): Promise<void> {
    await this.options.sessions.indexMessages(
      conversationId,
      messages.flatMap(({ messageId, divertedTo }) => (divertedTo ? [messageId, divertedTo.messageId] : [messageId])),
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
