import { decodeEvent, type FieldProblem } from '@heliograph/contracts';
import type { Delivery } from '../delivery.ts';
import { deadLetter, type Outcome } from '../outcome.ts';
import type { DeadLetterWriter } from './dead-letters.ts';
import type { LaneRecord } from './lane-record.ts';

export type UnreadableRecord = Omit<Delivery, 'event'> & {
  /** The `ce_type` header, where there is one. */
  readonly type: string | undefined;
};

export interface RecordHandlerOptions {
  readonly deadLetters: DeadLetterWriter;
  readonly handle: (delivery: Delivery) => Promise<Outcome>;
  /** Called before the dead letter is written, for example to publish a failed fact. May throw to try again. */
  readonly beforeDeadLetter?: (delivery: Delivery, reason: string) => Promise<void>;
  /** The same for a record that cannot be read, so that there is no event. */
  readonly beforeUnreadable?: (record: UnreadableRecord, reason: string) => Promise<void>;
}

/** Decodes and validates records for their handler, and buries what cannot be handled. */
export class RecordHandler {
  constructor(private readonly options: RecordHandlerOptions) {}

  /** A record that cannot be read is dead. @throws what the handler throws */
  async handle(record: LaneRecord): Promise<Outcome> {
    if (!record.event) {
      const decoded = decodeEvent(record.topic, record.source);
      if (!decoded.ok) return invalid(record, decoded.problems);
      record.event = decoded.event;
    }
    return this.options.handle(record);
  }

  /** Resolves when the dead letter is acknowledged. @throws Unavailable, or what a hook throws: to be tried again */
  async bury(record: LaneRecord, reason: string): Promise<void> {
    const { deadLetters, beforeUnreadable, beforeDeadLetter } = this.options;
    const isUnreadable = record.event === undefined;
    if (isUnreadable) await beforeUnreadable?.(record, reason);
    else await beforeDeadLetter?.(record, reason);
    const problems = isUnreadable ? (record.memo as readonly FieldProblem[]) : [];
    await deadLetters.write(record.source, reason, problems);
  }
}

function invalid(record: LaneRecord, problems: readonly FieldProblem[]): Outcome {
  const list = problems.map(({ field, reason }) => (field ? `${field}: ${reason}` : reason)).join('; ');
  record.memo = problems;
  return deadLetter(`invalid record: ${list}`);
}
