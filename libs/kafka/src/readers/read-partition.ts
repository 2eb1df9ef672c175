import type { TopicDefinition } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import { openCluster } from '../cluster/connection.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { offsetsOf, readUpTo, VisitFailed, type Visit } from './partition-reader.ts';

export interface ReadOptions {
  /** Offset to start at; a lower one than the first that is still kept starts there. Default: the beginning. */
  readonly from?: 'beginning' | number;
  /** Called for every record in offset order. */
  readonly visit: Visit;
}

export interface ReadResult {
  /** The offset behind the last one read: where the next read goes on. */
  readonly next: number;
  readonly records: number;
}

/**
 * Reads a partition from an offset to its end as of now, and ends. Leaves no trace: no group is joined (joining one costs
 * up to seconds, and leaves a group behind for each read) and nothing is committed.
 *
 * @throws Unavailable when Kafka or the partition's leader cannot be reached; whatever `visit` throws
 */
export async function readPartition(
  kafka: Kafka,
  topic: TopicDefinition,
  partition: number,
  { from = 'beginning', visit }: ReadOptions,
): Promise<ReadResult> {
  const { cluster, close } = openCluster(kafka);
  const physical = kafka.physical(topic.name);
  try {
    await cluster.connect();
    await cluster.addTargetTopic(physical);
    const offsets = (await offsetsOf(cluster, physical, [partition])).get(partition);
    if (!offsets) throw new Error(`topic ${physical} has no partition ${partition}`);
    const cursor = { partition, position: Math.max(from === 'beginning' ? 0 : from, offsets.first) };
    const records = await readUpTo(cluster, physical, cursor, offsets.end, visit);
    return { next: cursor.position, records };
  } catch (error) {
    if (error instanceof VisitFailed) throw error.cause;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unavailable('kafka', `${physical}/${partition} cannot be read: ${reason}`, { cause: error });
  } finally {
    await close();
  }
}
