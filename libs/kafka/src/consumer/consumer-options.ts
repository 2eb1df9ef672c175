import type { TopicDefinition } from '@heliograph/contracts';
import type { Delivery } from '../delivery.ts';
import type { PartitionGate } from '../partition-gate.ts';
import type { BackOffSettings } from './back-off.ts';
import type { InputLimits } from './input-progress.ts';
import type { FinalOutcome } from './lane-scheduler.ts';
import type { ParkingOptions } from './parking/parking-options.ts';
import type { RecordHandlerOptions } from './record-handler.ts';
import type { RecordSource } from './record-source.ts';

/** What the consumer tells those who watch it; metrics and logs hang here. */
export interface ConsumerObserver {
  received(topic: string): void;
  finished(topic: string, outcome: FinalOutcome, seconds: number): void;
  /** A record left memory for the parked topic of its own; it is received again when it comes back. */
  parked?(topic: string): void;
  /** A parked record ended; `finished` tells how. */
  returned?(topic: string): void;
  /** A handler failed, or a dependency was missing; `plan` says what happens to the record. */
  failed(delivery: Delivery, error: unknown, plan: string): void;
  dead(delivery: Delivery, reason: string): void;
  event(message: string, fields?: Record<string, unknown>): void;
}

export interface LaneConsumerOptions extends RecordHandlerOptions {
  /** Inputs, co-partitioned; the order is their priority within a lane when `prioritised` is set. */
  readonly topics: readonly TopicDefinition[];
  readonly prioritised?: boolean;
  /** Reads the inputs, and their parked topics where there is parking. */
  readonly source: RecordSource;
  readonly gate: PartitionGate;
  /** The source died; the process must end. */
  readonly onCrash: (error: Error) => void;
  readonly observer: ConsumerObserver;
  readonly workers?: number;
  readonly attempts?: number;
  readonly backOff?: BackOffSettings;
  /** Limits per topic-partition; above one of them fetching pauses, below half it resumes. */
  readonly limits?: Partial<InputLimits>;
  /** Lanes that wait while a limit is reached are moved to a topic. Without it they hold what they have. */
  readonly parking?: ParkingOptions;
  readonly commitIntervalMs?: number;
  readonly drainMs?: number;
  /** Handlers run, but none has ended for so long: not ready any more. */
  readonly stuckAfterMs?: number;
}

/** How far one topic-partition of this member is. */
export interface Progress {
  readonly topic: string;
  readonly partition: number;
  /** End offset minus watermark. */
  readonly lag: number;
  /** In memory and unfinished. */
  readonly records: number;
  readonly bytes: number;
  readonly paused: boolean;
  /** Seconds since the oldest unfinished record was written. */
  readonly ageSeconds: () => number;
  /** Of a parked topic: its unfinished records, and the keys they belong to. */
  readonly parked: () => { readonly records: number; readonly keys: number } | undefined;
}
