import type { TopicDefinition } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import { openCluster, type ClusterConnection } from '../cluster/connection.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { endOf, recordsOf, type PartitionRecord } from './fetched.ts';
import { fetchFrom, leaderOf, offsetsOf, offsetSince } from './partition-reader.ts';

/** What one fetch brought. */
export interface FetchedRecords {
  readonly records: readonly PartitionRecord[];
  /** The offset to go on at; the one asked for when there is nothing yet. */
  readonly next: number;
  /** Where the partition ended then. */
  readonly end: number;
}

const FETCH_BYTES = 1_000_000;

/**
 * Reads anywhere in the partitions of a topic that is kept by time, piece by piece as somebody needs it. Joins no group; all
 * reading shares one connection, which is opened with the first and again after a failure.
 */
export class PartitionFetcher {
  private readonly physical: string;
  private connecting: Promise<ClusterConnection> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: TopicDefinition,
  ) {
    this.physical = kafka.physical(topic.name);
  }

  /**
   * Answers at once, also with nothing.
   *
   * @param from a lower offset than the first that is still kept starts there
   * @throws Unavailable when Kafka or the partition's leader cannot be reached
   */
  fetch(partition: number, from: number): Promise<FetchedRecords> {
    return this.use(partition, async ({ cluster }) => {
      await cluster.refreshMetadataIfNecessary();
      const leader = leaderOf(cluster, this.physical, partition);
      const cursor = { partition, position: from };
      const options = { waitMs: 0, bytes: FETCH_BYTES };
      const fetch = async () => (await fetchFrom(cluster, this.physical, leader, [cursor], options)).partitions[0];
      const fetched = await fetch().catch(async (error: unknown) => {
        if ((error as { type?: string }).type !== 'OFFSET_OUT_OF_RANGE') throw error;
        const offsets = (await offsetsOf(cluster, this.physical, [partition])).get(partition);
        if (!offsets || from >= offsets.first) throw error;
        cursor.position = offsets.first;
        return fetch();
      });
      if (!fetched) throw new Error('the answer lacks the partition');
      const { position } = cursor;
      const next = endOf(fetched, position) ?? position;
      return { records: recordsOf(fetched, position), next, end: Number(fetched.lastStableOffset) };
    });
  }

  /** The first offset that was written at a moment (milliseconds) or later, or the end. @throws Unavailable */
  since(partition: number, moment: number): Promise<number> {
    return this.use(partition, ({ cluster }) => offsetSince(cluster, this.physical, partition, moment));
  }

  async close(): Promise<void> {
    await this.drop();
  }

  private async use<T>(partition: number, run: (connection: ClusterConnection) => Promise<T>): Promise<T> {
    const connecting = (this.connecting ??= this.open());
    try {
      return await run(await connecting);
    } catch (error) {
      if (this.connecting === connecting) await this.drop();
      const reason = error instanceof Error ? error.message : String(error);
      throw new Unavailable('kafka', `${this.physical}/${partition} cannot be read: ${reason}`, { cause: error });
    }
  }

  private async open(): Promise<ClusterConnection> {
    const connection = openCluster(this.kafka);
    try {
      await connection.cluster.connect();
      await connection.cluster.addTargetTopic(this.physical);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  private async drop(): Promise<void> {
    const { connecting } = this;
    this.connecting = undefined;
    const connection = await connecting?.catch(() => undefined);
    await connection?.close();
  }
}
