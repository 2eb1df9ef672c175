import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from 'kafkajs';
import { READ_COMMITTED } from '../cluster/connection.ts';
import { endOf, recordsOf, type FetchedPartition, type FetchResponse, type PartitionRecord } from './fetched.ts';

/** What is done with each record; a promise is waited for. */
export type Visit = (record: PartitionRecord) => unknown;

/** Carries, as its cause, what a visitor threw: not Kafka's failure, and nothing to try again. */
export class VisitFailed extends Error {}

/** Where a reader is in a partition: the next offset to visit. Moves with every record, so an error repeats none. */
export interface Cursor {
  readonly partition: number;
  position: number;
}

const FETCH_BYTES = 4_000_000;
/**
 * kafkajs does not show batches whose records were all compacted away, so an answer with nothing in it can mean that. Such
 * a batch is 61 bytes; no run of them fills this.
 */
const CONFIRM_BYTES = 64_000_000;
const LOOK_AGAIN_MS = 20;
const STABLE_WITHIN_MS = 10_000;

/** First and end offsets of partitions; the end is that of the last committed record. */
export async function offsetsOf(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, { first: number; end: number }>> {
  const ask = (fromBeginning: boolean) =>
    cluster.fetchTopicsOffset([{ topic, partitions: partitions.map((partition) => ({ partition })), fromBeginning }]);
  const [[firsts], [ends]] = await Promise.all([ask(true), ask(false)]);
  const offsets = new Map<number, { first: number; end: number }>();
  for (const { partition, offset } of ends?.partitions ?? []) {
    const first = firsts?.partitions.find((other) => other.partition === partition);
    if (first) offsets.set(partition, { first: Number(first.offset), end: Number(offset) });
  }
  return offsets;
}

/** The first offset that was written at a moment or later; the end of the partition when none was. */
export async function offsetSince(cluster: Cluster, topic: string, partition: number, since: number): Promise<number> {
  const partitions = [{ partition }];
  const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, fromTimestamp: since }]);
  const offset = Number(found?.partitions[0]?.offset ?? -1);
  if (offset >= 0) return offset;
  return (await offsetsOf(cluster, topic, [partition])).get(partition)?.end ?? 0;
}

/** Fetches from one broker. `waitMs` is how long it waits for a first record; 0 answers at once. */
export async function fetchFrom(
  cluster: Cluster,
  topic: string,
  leader: string,
  cursors: readonly Cursor[],
  { waitMs, bytes }: { waitMs: number; bytes: number },
): Promise<{ partitions: readonly FetchedPartition[]; throttled: boolean }> {
  const broker = await cluster.findBroker({ nodeId: leader });
  const response = (await broker.fetch({
    isolationLevel: READ_COMMITTED,
    maxWaitTime: waitMs,
    minBytes: waitMs > 0 ? 1 : 0,
    maxBytes: bytes,
    topics: [
      {
        topic,
        partitions: cursors.map(({ partition, position }) => ({
          partition,
          fetchOffset: String(position),
          maxBytes: bytes,
        })),
      },
    ],
  })) as FetchResponse;
  return {
    partitions: response.responses.flatMap(({ partitions }) => partitions),
    throttled: response.clientSideThrottleTime > 0,
  };
}

/** Which broker leads a partition. */
export function leaderOf(cluster: Cluster, topic: string, partition: number): string {
  const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (leader === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
  return leader;
}

/** Visits what a fetch brought and moves the cursor. Returns how many records were visited. */
export async function visitFetched(
  fetched: FetchedPartition,
  cursor: Cursor,
  visit: Visit,
  end = Infinity,
): Promise<number> {
  let visited = 0;
  for (const record of recordsOf(fetched, cursor.position)) {
    if (record.offset >= end) break;
    try {
      const pending = visit(record);
      if (pending instanceof Promise) await pending;
    } catch (error) {
      throw new VisitFailed('a record could not be visited', { cause: error });
    }
    cursor.position = record.offset + 1;
    visited++;
  }
  const next = endOf(fetched, cursor.position);
  if (next !== undefined) cursor.position = Math.min(next, end);
  return visited;
}

/**
 * Visits everything from the cursor to `end`, which must be an end offset the partition had. Ends by itself, also where
 * compaction or transaction markers leave nothing before the end.
 */
export async function readUpTo(
  cluster: Cluster,
  topic: string,
  cursor: Cursor,
  end: number,
  visit: Visit,
): Promise<number> {
  let visited = 0;
  let bytes = FETCH_BYTES;
  let stableBy: number | undefined;
  while (cursor.position < end) {
    const leader = leaderOf(cluster, topic, cursor.partition);
    const { partitions, throttled } = await fetchFrom(cluster, topic, leader, [cursor], { waitMs: 0, bytes });
    const fetched = partitions[0];
    const before = cursor.position;
    if (fetched) visited += await visitFetched(fetched, cursor, visit, end);
    if (cursor.position > before) {
      bytes = FETCH_BYTES;
    } else if (!fetched || Number(fetched.lastStableOffset) < end) {
      // A new leader does not know the end yet.
      stableBy ??= Date.now() + STABLE_WITHIN_MS;
      if (Date.now() > stableBy) throw new Error(`partition ${cursor.partition} of ${topic} ends before offset ${end}`);
      await delay(LOOK_AGAIN_MS);
    } else if (!throttled && bytes === CONFIRM_BYTES) {
      cursor.position = end;
    } else if (!throttled) {
      bytes = CONFIRM_BYTES;
    }
  }
  return visited;
}
