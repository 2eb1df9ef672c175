import { headerText } from '@heliograph/contracts';

/** One record as it came from the broker. Offsets are numbers: 2^53 records are out of reach. */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
  /** Key and value size; what back-pressure counts. */
  readonly bytes: number;
}

/** When a record was written by what its event says, milliseconds since the epoch; now when it says nothing. */
export function writtenAt(record: Pick<SourceRecord, 'headers'>): number {
  const at = Date.parse(headerText(record, 'ce_time') ?? '');
  return Number.isNaN(at) ? Date.now() : at;
}

/** What a source tells its consumer. No call may block: records are only put away. */
export interface SourceListener {
  /** The group is about to join anew; what is finished should be committed at once. */
  rebalancing(): void;
  /**
   * A new assignment, per logical topic. Its generation is proven by the next heartbeat. A partition that was in the one
   * before was this member's all the time; where that is not certain, an assignment without it is told first.
   */
  assigned(assignment: ReadonlyMap<string, readonly number[]>): void;
  /** The broker confirmed that this member belongs to `generation`. */
  heartbeat(generation: number): void;
  /**
   * Records of one partition in offset order; `endOffset` is the partition's high watermark. Up to `next` there are no others:
   * what lies behind the last one are transaction markers, or was compacted away. There may be none at all.
   */
  records(topic: string, partition: number, records: readonly SourceRecord[], endOffset: number, next: number): void;
  /** The source is dead and will not come back; the process must end. */
  crashed(error: Error): void;
}

export interface CommitOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A consumer group member behind a port. kafkajs is one implementation. */
export interface RecordSource {
  /** Joins the group and starts to fetch. */
  start(listener: SourceListener): Promise<void>;
  pause(topic: string, partition: number): void;
  resume(topic: string, partition: number): void;
  /**
   * Commits next-to-read offsets under the present generation; rejects when the broker refuses it, or at once while it is
   * not certain which partitions this member has.
   */
  commit(offsets: readonly CommitOffset[]): Promise<void>;
  /** Leaves the group. */
  stop(): Promise<void>;
}
