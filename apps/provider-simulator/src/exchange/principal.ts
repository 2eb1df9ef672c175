import type { FaultSet } from '../faults/fault-set.ts';
import type { RequestRecord } from '../evidence/request-log.ts';
import type { Verdict } from '../limits/sliding-log.ts';

/** `left`: what a header tells of the requests that remain; Infinity: nothing. */
export type Admission = Verdict & {
  readonly left: number;
  readonly namesMoment: boolean;
  /** Error code of a refusal; that of requests in general when absent. */
  readonly code?: string;
};

/** Who makes a request: whom it counts against, and with which OAuth client. */
export interface Identity {
  readonly principal: Principal;
  readonly client?: string;
}

/** Whom a request is counted against: a provider account, or the CRM. */
export interface Principal {
  readonly id: string;
  readonly faults: FaultSet;
  /** Added between the effect and the answer. */
  readonly latencyMs: number;
  /** Window of the summary when none is asked for. */
  readonly periodMs: number;
  /** Judges an arrival by the limits, and counts it when it is accepted. */
  admit(record: RequestRecord): Admission;
}
