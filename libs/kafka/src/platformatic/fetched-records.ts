import type { fetchV11, RecordsBatch } from '@platformatic/kafka';
import type { SourceRecord } from '../consumer/record-source.ts';

/** Bits of a record batch's attributes (record format v2). */
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;

/**
 * What a fetch brought of one partition from an offset on: without transaction markers and what aborted transactions
 * wrote. `next` is where the next fetch goes on, which may be behind the last record shown.
 */
export function recordsIn(
  topic: string,
  fetched: fetchV11.FetchResponsePartition,
  from: number,
): { records: SourceRecord[]; next: number } {
  const records: SourceRecord[] = [];
  let next = from;
  const isShown = visibility(fetched.abortedTransactions ?? []);
  for (const batch of fetched.records ?? []) {
    const first = Number(batch.firstOffset);
    if (isShown(batch)) {
      for (const record of batch.records) {
        const offset = first + record.offsetDelta;
        if (offset >= from) records.push(sourceRecord(topic, fetched.partitionIndex, offset, record));
      }
    }
    // Stays what it was when compaction takes the batch's last records away.
    next = Math.max(next, first + batch.lastOffsetDelta + 1);
  }
  return { records, next };
}

/** Says of each batch, asked in their order, whether a reader of committed transactions sees its records. */
function visibility(aborted: readonly fetchV11.FetchResponsePartitionAbortedTransaction[]) {
  const coming = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const aborting = new Set<bigint>();
  return (batch: RecordsBatch): boolean => {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    while (coming[0] && coming[0].firstOffset <= last) aborting.add(coming.shift()!.producerId);
    if ((batch.attributes & CONTROL) !== 0) {
      if (isAbortMarker(batch)) aborting.delete(batch.producerId);
      return false;
    }
    return (batch.attributes & TRANSACTIONAL) === 0 || !aborting.has(batch.producerId);
  };
}

/** A marker ends its producer's transaction; key bytes 2–3 say how: 0 aborted (Kafka protocol, control records). */
function isAbortMarker({ records }: RecordsBatch): boolean {
  return records[0]?.key?.readInt16BE(2) === 0;
}

function sourceRecord(
  topic: string,
  partition: number,
  offset: number,
  { key, value, headers }: RecordsBatch['records'][number],
): SourceRecord {
  const bytes = (key?.length ?? 0) + (value?.length ?? 0);
  return { topic, partition, offset, key, value, headers: headersOf(headers), bytes };
}

/** By name; a name that comes more than once has all its values. */
function headersOf(entries: RecordsBatch['records'][number]['headers']): SourceRecord['headers'] {
  const headers: Record<string, Buffer | Buffer[]> = {};
  for (const [name, value] of entries) {
    if (name === null || value === null) continue;
    const text = name.toString();
    const before = headers[text];
    if (before === undefined) headers[text] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[text] = [before, value];
  }
  return headers;
}
