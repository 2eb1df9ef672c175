import type { RecordLike } from '@heliograph/contracts';

/** A record of a partition. */
export interface PartitionRecord extends RecordLike {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds: when it was written. */
  readonly timestamp: number;
}

/** What kafkajs makes of a fetch response (version 11). An error code would have been thrown. */
export interface FetchResponse {
  readonly clientSideThrottleTime: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
}

export interface FetchedPartition {
  readonly partition: number;
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
  readonly messages: readonly FetchedMessage[];
}

interface FetchedMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordLike['headers'];
  readonly isControlRecord: boolean;
  readonly batchContext: {
    readonly firstOffset: string;
    /** Stays what it was when compaction takes the batch's last records away. */
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
}

/** The records of a fetch answer from `from` on, without transaction markers and what aborted transactions wrote. */
export function recordsOf(fetched: FetchedPartition, from: number): PartitionRecord[] {
  return withoutAborted(fetched)
    .filter((message) => !message.isControlRecord && Number(message.offset) >= from)
    .map(({ offset, timestamp, key, value, headers }) => ({
      partition: fetched.partition,
      offset: Number(offset),
      timestamp: Number(timestamp),
      key,
      value,
      headers,
    }));
}

/**
 * The offset behind the last batch of which the answer showed a record, be it a marker or an aborted one; undefined when
 * it showed none.
 */
export function endOf({ messages }: FetchedPartition, from: number): number | undefined {
  const batch = messages.at(-1)?.batchContext;
  if (!batch) return undefined;
  const end = Number(batch.firstOffset) + batch.lastOffsetDelta + 1;
  return end > from ? end : undefined;
}

/** A marker ends its producer's transaction; key bytes 2–3 say how: 0 aborted (Kafka protocol, control records). */
const isAbortMarker = ({ key }: FetchedMessage): boolean => key !== null && key.readInt16BE(2) === 0;

function withoutAborted({ messages, abortedTransactions }: FetchedPartition): readonly FetchedMessage[] {
  if (!abortedTransactions?.length) return messages;
  const coming = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<string>();
  return messages.filter((message) => {
    while (coming[0] && coming[0].firstOffset <= Number(message.offset)) aborting.add(coming.shift()!.producerId);
    const { producerId, inTransaction } = message.batchContext;
    if (!message.isControlRecord) return !(inTransaction && aborting.has(producerId));
    if (isAbortMarker(message)) aborting.delete(producerId);
    return true;
  });
}
