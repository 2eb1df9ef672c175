import type { Sendable } from './send-queue.ts';

/** Records the broker refused, now and for ever: not a matter of trying again. */
export interface Refusal {
  readonly records: readonly Sendable[];
  /** The broker's name of the reason, for example `MESSAGE_TOO_LARGE`. */
  readonly reason: string;
}

/**
 * The way of records into a cluster, behind a port; one implementation for each client library. Not idempotent: after a
 * failed try a record may be on the topic although nobody knows.
 */
export interface ProduceConnection {
  /**
   * Tries every record of the batch that is still due, asked as late as can be, and acknowledges what the brokers
   * acknowledged. Within a partition the order stays. Called for one batch after the other.
   *
   * @param withinMs how long the brokers may wait for their replicas
   * @returns what was refused; everything else was acknowledged or is not due any more
   * @throws Error when the try failed as a whole or in part: what is not acknowledged may or may not have arrived
   */
  send(batch: readonly Sendable[], withinMs: number): Promise<Refusal[]>;
  /** Gives everything up at once: nothing is sent any more, and what is pending fails. */
  cut(): void;
  /** Ends it in order where that is possible in about a second. */
  close(): Promise<void>;
}

/** The broker's reasons to refuse a topic as such when it is asked for its leaders. */
export const TOPIC_REFUSALS = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
]);

/** Errors a client library calls final that say nothing about the records. */
const NOT_ABOUT_RECORDS = new Set([
  'UNKNOWN',
  'UNKNOWN_SERVER_ERROR',
  'BROKER_NOT_AVAILABLE',
  'CLUSTER_AUTHORIZATION_FAILED',
]);

/** Whether an answer refuses the records themselves, so that the same ones will be refused again. */
export function refusesRecords({ type, retriable }: { type: string; retriable: boolean }): boolean {
  return !retriable && !NOT_ABOUT_RECORDS.has(type);
}
