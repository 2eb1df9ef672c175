import type { OutgoingRecord } from '../../publisher/event-publisher.ts';
import type { SourceRecord } from '../record-source.ts';

/** Ends a read when it returns false. */
export type VisitCopy = (copy: SourceRecord) => boolean;

/** The parked topics of one consumer group, one for each of its inputs. Topics are meant by their logical names. */
export interface ParkedStore {
  /** The parked topic of an input. */
  topicOf(input: string): string;
  /** Whether a copy of a record with this key lands on this partition: else nothing of the key is parked. */
  leadsTo(partition: number, input: string, key: Buffer | null): boolean;
  /**
   * Writes a copy to the partition its key leads to.
   *
   * @throws RecordTooLarge when it was not written and never will be
   * @throws Unavailable when that is unknown
   */
  append(input: string, copy: OutgoingRecord): Promise<void>;
  /**
   * Visits the copies of a partition in order, up to the end as of now.
   *
   * @param from an offset, or what the group has committed (the beginning, when nothing)
   * @returns the offset behind the last one visited; the end when it was reached
   * @throws Unavailable
   */
  read(input: string, partition: number, from: number | 'committed', visit: VisitCopy): Promise<number>;
}
