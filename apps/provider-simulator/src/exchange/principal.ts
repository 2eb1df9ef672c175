import type { FaultSet } from '../faults/fault-set.ts';
import type { SlidingLog } from '../limits/sliding-log.ts';

/** Whom a request is counted against: a provider account, or the CRM. */
export interface Principal {
  readonly id: string;
  readonly limiter: SlidingLog;
  readonly faults: FaultSet;
  /** Added between the effect and the answer. */
  readonly latencyMs: number;
}
