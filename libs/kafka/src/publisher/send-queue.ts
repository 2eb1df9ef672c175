import type { Publication } from './publication.ts';

/** A record on its way, with all that a try needs: the same object goes out again when a try fails. */
export interface Sendable {
  /** Logical name, for metrics and errors. */
  readonly name: string;
  /** Physical name. */
  readonly topic: string;
  readonly partition: number;
  /** Topic and partition in one, to group by. */
  readonly place: string;
  readonly message: Message;
  /** Upper bound of what it takes in a batch. */
  readonly bytes: number;
  readonly publication: Publication;
  acknowledged: boolean;
}

export interface Message {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, string | Buffer>;
}

/** A record batch's own header (record format v2: 61 bytes). */
const BATCH_OVERHEAD = 61;
/** Length, attributes, time and offset deltas, key and value length, header count: at most 5 or 10 bytes each. */
const RECORD_OVERHEAD = 40;
const HEADER_OVERHEAD = 10;
const MAX_RECORDS = 1_000;
const MAX_REQUEST_BYTES = 8_000_000;

/** See {@link Sendable.place}. */
export const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** Upper bound of the bytes a record takes in a batch of its own. */
export function bytesOf({ key, value, headers }: Message): number {
  let bytes = BATCH_OVERHEAD + RECORD_OVERHEAD + (key ? Buffer.byteLength(key) : 0) + (value?.length ?? 0);
  for (const name of Object.keys(headers)) {
    bytes += HEADER_OVERHEAD + Buffer.byteLength(name) + Buffer.byteLength(headers[name]!);
  }
  return bytes;
}

/** Records that wait to be sent, in the order they were published. */
export class SendQueue {
  private waiting: Sendable[] = [];

  /** @param partitionBytes most bytes of one partition in one request; a larger record goes alone */
  constructor(private readonly partitionBytes: number) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  add(records: readonly Sendable[]): void {
    for (const record of records) this.waiting.push(record);
  }

  /** The next batch: as many records from the front as one request may hold, without those that are not due any more. */
  take(): Sendable[] {
    const batch: Sendable[] = [];
    const perPartition = new Map<string, number>();
    let total = 0;
    let taken = 0;
    for (const record of this.waiting) {
      if (record.publication.isDue()) {
        const before = perPartition.get(record.place) ?? 0;
        total += record.bytes;
        if (before > 0 && before + record.bytes > this.partitionBytes) break;
        if (batch.length === MAX_RECORDS || (batch.length > 0 && total > MAX_REQUEST_BYTES)) break;
        perPartition.set(record.place, before + record.bytes);
        batch.push(record);
      }
      taken++;
    }
    this.waiting = this.waiting.slice(taken);
    return batch;
  }

  /** Empties the queue. */
  clear(): Sendable[] {
    return this.waiting.splice(0);
  }
}
