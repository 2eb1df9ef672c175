import { setTimeout as delay } from 'node:timers/promises';
import { decodeEvent, type CloudEvent, type TopicDefinition } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import type { Cluster } from 'kafkajs';
import { openCluster, type ClusterConnection } from '../cluster/connection.ts';
import type { Kafka } from '../cluster/kafka.ts';
import type { PartitionRecord } from './fetched.ts';
import { readerMetrics } from './metrics.ts';
import {
  fetchFrom,
  leaderOf,
  offsetsOf,
  readUpTo,
  VisitFailed,
  visitFetched,
  type Cursor,
} from './partition-reader.ts';

/** One event of a followed topic. */
export interface FollowedEvent {
  readonly event: CloudEvent;
  readonly partition: number;
  readonly offset: number;
}

export interface FollowOptions {
  /** Called for every valid event, in offset order within a partition. */
  readonly visit: (followed: FollowedEvent) => unknown;
  /** Called when a key was removed (a record without value in a compacted topic). */
  readonly removed?: (key: string) => unknown;
  /** What a visitor threw; nothing is read any more. Without it the error ends the process: its state is not true any more. */
  readonly onFailure?: (error: Error) => void;
}

/** A topic that is being read. */
export interface FollowedTopic {
  /** Resolves when everything that was on the topic at the start was visited; rejects when it was closed before. */
  readonly caughtUp: Promise<void>;
  /** Records known to be on the topic and not visited yet. */
  lag(): number;
  /** Everything of a partition below this offset was visited, or is no record; 0 before anything is known of it. */
  visitedBelow(partition: number): number;
  /** Why the state is not (yet) to be relied on; for readiness. */
  problem(): string | undefined;
  close(): Promise<void>;
}

const WAIT_MS = 250;
const ROUND_BYTES = 8_000_000;
const RETRY_AFTER_MS = 500;

/**
 * Reads a whole topic from the beginning, all partitions, and stays on: for state that a service keeps in memory. Joins no
 * group and commits nothing, so every process sees everything. Survives lost connections without visiting a record twice.
 */
export function followTopic(kafka: Kafka, topic: TopicDefinition, options: FollowOptions): FollowedTopic {
  return new TopicFollower(kafka, topic, options);
}

class TopicFollower implements FollowedTopic {
  readonly caughtUp: Promise<void>;
  private readonly physical: string;
  private readonly cursors = new Map<number, Cursor>();
  private readonly ends = new Map<number, number>();
  private readonly closed = new AbortController();
  private readonly running: Promise<void>;
  private connection: ClusterConnection | undefined;
  private behind = true;
  private failure: string | undefined;
  private resolveCaughtUp!: () => void;
  private rejectCaughtUp!: (error: Error) => void;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: TopicDefinition,
    private readonly options: FollowOptions,
  ) {
    this.physical = kafka.physical(topic.name);
    this.caughtUp = new Promise((resolve, reject) => {
      this.resolveCaughtUp = resolve;
      this.rejectCaughtUp = reject;
    });
    // Whoever waits for it hears of a rejection; nobody has to wait for it.
    this.caughtUp.catch(() => undefined);
    this.running = this.run();
  }

  lag(): number {
    let lag = 0;
    for (const [partition, end] of this.ends) lag += Math.max(0, end - (this.cursors.get(partition)?.position ?? 0));
    return lag;
  }

  visitedBelow(partition: number): number {
    return this.cursors.get(partition)?.position ?? 0;
  }

  problem(): string | undefined {
    if (this.failure !== undefined) return `${this.topic.name} cannot be read: ${this.failure}`;
    return this.behind ? `${this.topic.name} is still being read` : undefined;
  }

  async close(): Promise<void> {
    this.closed.abort();
    this.connection?.cut();
    await this.running;
    this.rejectCaughtUp(new Unavailable('kafka', `reading ${this.topic.name} was stopped`));
  }

  private async run(): Promise<void> {
    while (!this.closed.signal.aborted) {
      this.connection = openCluster(this.kafka);
      try {
        await this.follow(this.connection.cluster);
      } catch (error) {
        if (this.closed.signal.aborted) break;
        if (error instanceof VisitFailed) return this.fail(error.cause);
        this.failure = error instanceof Error ? error.message : String(error);
        this.kafka.log.warn(
          { topic: this.physical, reason: this.failure },
          'reading a topic was interrupted, trying again',
        );
      } finally {
        await this.connection.close();
      }
      await delay(RETRY_AFTER_MS, undefined, { signal: this.closed.signal }).catch(() => undefined);
    }
  }

  private fail(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.failure = error.message;
    this.rejectCaughtUp(error);
    if (this.options.onFailure) return this.options.onFailure(error);
    queueMicrotask(() => {
      throw error;
    });
  }

  /** Reads up to the present ends, then waits for more; returns only when closed. */
  private async follow(cluster: Cluster): Promise<void> {
    await cluster.connect();
    await cluster.addTargetTopic(this.physical);
    const partitions = cluster.findTopicPartitionMetadata(this.physical).map(({ partitionId }) => partitionId);
    for (const [partition, { first, end }] of await offsetsOf(cluster, this.physical, partitions)) {
      this.ends.set(partition, end);
      const cursor = this.cursorOf(partition, first, end);
      await readUpTo(cluster, this.physical, cursor, end, (record) => this.take(record));
    }
    this.failure = undefined;
    this.behind = false;
    this.resolveCaughtUp();
    while (!this.closed.signal.aborted) await this.round(cluster);
  }

  private cursorOf(partition: number, first: number, end: number): Cursor {
    const cursor = this.cursors.get(partition) ?? { partition, position: first };
    this.cursors.set(partition, cursor);
    const outside = cursor.position < first || cursor.position > end;
    if (outside) {
      this.kafka.log.warn(
        { topic: this.physical, partition, first, end },
        'the place in a topic is gone, reading it again',
      );
      cursor.position = first;
    }
    return cursor;
  }

  /** One fetch from every broker that leads a partition of the topic. */
  private async round(cluster: Cluster): Promise<void> {
    await cluster.refreshMetadataIfNecessary();
    const byLeader = new Map<string, Cursor[]>();
    for (const cursor of this.cursors.values()) {
      const leader = leaderOf(cluster, this.physical, cursor.partition);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), cursor]);
    }
    const fetches = [...byLeader].map(([leader, cursors]) =>
      fetchFrom(cluster, this.physical, leader, cursors, { waitMs: WAIT_MS, bytes: ROUND_BYTES }),
    );
    for (const { partitions } of await Promise.all(fetches)) {
      for (const fetched of partitions) {
        const cursor = this.cursors.get(fetched.partition)!;
        const end = Number(fetched.lastStableOffset);
        this.ends.set(fetched.partition, end);
        const before = cursor.position;
        await visitFetched(fetched, cursor, (record) => this.take(record));
        // Nothing shown although something is there: left out for others' bytes, or compacted away. Looked at alone.
        if (cursor.position === before && before < end) {
          await readUpTo(cluster, this.physical, cursor, end, (record) => this.take(record));
        }
      }
    }
  }

  private take(record: PartitionRecord): unknown {
    if (record.value === null) return this.options.removed?.(record.key?.toString('utf8') ?? '');
    const decoded = decodeEvent(this.topic.name, record);
    const { partition, offset } = record;
    if (decoded.ok) return this.options.visit({ event: decoded.event, partition, offset });
    readerMetrics.invalid.inc({ topic: this.topic.name });
    this.kafka.log.warn(
      { topic: this.physical, partition, offset, problems: decoded.problems },
      'a record was passed over: it is no valid event of its topic',
    );
    return undefined;
  }
}
