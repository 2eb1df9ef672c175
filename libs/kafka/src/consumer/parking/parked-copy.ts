import { headerText } from '@heliograph/contracts';
import type { OutgoingRecord } from '../../publisher/event-publisher.ts';
import { originOf, REPLAY_OF } from '../dead-letters.ts';
import type { SourceRecord } from '../record-source.ts';

/** Where a copy was moved from: topic/partition/offset. Beside `replay-of`, which is older when that record was a copy, too. */
export const PARKED_FROM = 'parked-from';
const PARKED_AT = 'parked-at';
const PARKED_REASON = 'parked-reason';
const OWN_HEADERS = new Set([PARKED_FROM, PARKED_AT, PARKED_REASON]);

/** The copy of a record as it is written to the parked topic of its own. */
export function copyOf(record: SourceRecord, reason: string): OutgoingRecord {
  const headers: Record<string, string | Buffer> = {};
  for (const name of Object.keys(record.headers)) headers[name] = headerText(record, name) ?? '';
  headers[REPLAY_OF] = originOf(record);
  headers[PARKED_FROM] = `${record.topic}/${record.partition}/${record.offset}`;
  headers[PARKED_AT] = new Date().toISOString();
  headers[PARKED_REASON] = reason.slice(0, 500);
  return { key: record.key, value: record.value, headers };
}

/** The offset of the record on its own topic that a copy was made of; undefined when it is no copy of that partition. */
export function parkedFrom(copy: Pick<SourceRecord, 'headers' | 'partition'>, topic: string): number | undefined {
  const [from, partition, offset] = (headerText(copy, PARKED_FROM) ?? '').split('/');
  const isOurs = from === topic && Number(partition) === copy.partition && /^\d+$/.test(offset ?? '');
  return isOurs ? Number(offset) : undefined;
}

/** When a copy was written, milliseconds since the epoch; 0 when it does not say. */
export function parkedAt(copy: Pick<SourceRecord, 'headers'>): number {
  return Date.parse(headerText(copy, PARKED_AT) ?? '') || 0;
}

/** The record that a copy was made of, as it came from its own topic; it keeps `replay-of`. */
export function originalOf(copy: SourceRecord, topic: string, offset: number): SourceRecord {
  const headers = Object.fromEntries(Object.entries(copy.headers).filter(([name]) => !OWN_HEADERS.has(name)));
  return { ...copy, topic, offset, headers };
}
