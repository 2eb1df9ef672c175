import { deadLetterTopic, headerText, type FieldProblem, type TopicDefinition } from '@heliograph/contracts';
import type { EventPublisher } from '../publisher/event-publisher.ts';
import { RecordTooLarge } from '../publisher/record-too-large.ts';
import type { SourceRecord } from './record-source.ts';

/** Header that says where a copy of a record was first written. A replayed copy keeps it, so that claims recognise it. */
export const REPLAY_OF = 'replay-of';

/** Where a record was first written: its `replay-of` header on a copy, else its own place. */
export function originOf(record: SourceRecord): string {
  return headerText(record, REPLAY_OF) ?? `${record.topic}/${record.partition}/${record.offset}`;
}

/** Writes copies of records that cannot be handled to `<topic>.<group>.dlq`, with the reason in headers. */
export class DeadLetterWriter {
  constructor(
    private readonly publisher: Pick<EventPublisher, 'publishRecord'>,
    private readonly group: string,
    private readonly topics: ReadonlyMap<string, TopicDefinition>,
  ) {}

  /** Resolves when the copy is acknowledged; rejects with `Unavailable` when it cannot be written. */
  async write(record: SourceRecord, reason: string, problems: readonly FieldProblem[] = []): Promise<void> {
    const headers: Record<string, string | Buffer> = {};
    for (const name of Object.keys(record.headers)) headers[name] = headerText(record, name) ?? '';
    headers[REPLAY_OF] = originOf(record);
    headers['dead-reason'] = reason.slice(0, 2000);
    headers['dead-group'] = this.group;
    headers['dead-at'] = new Date().toISOString();
    if (problems.length > 0) headers['dead-problems'] = JSON.stringify(problems.slice(0, 50));
    const topic = deadLetterTopic(this.topics.get(record.topic)!, this.group);
    try {
      await this.publisher.publishRecord(topic, { key: record.key, value: record.value, headers });
    } catch (error) {
      if (!(error instanceof RecordTooLarge)) throw error;
      // With the headers of a copy it does not fit any more. The original stays on its topic, where `replay-of` says.
      headers['dead-value-bytes'] = String(record.value?.length ?? 0);
      await this.publisher.publishRecord(topic, { key: record.key, value: null, headers });
    }
  }
}
