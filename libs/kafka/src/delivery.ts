import type { CloudEvent } from '@heliograph/contracts';

/** One record in the hands of a handler (Nest: `@Ctx()`). The same object comes back when a blocked record runs again. */
export interface Delivery {
  /** Logical topic name, as in the contracts. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly event: CloudEvent;
  /** The record value as it came. */
  readonly value: Buffer;
  /** Where the record was first written, `topic/partition/offset`: its `origin` header on a replayed copy, else its own place. */
  readonly origin: string;
  /** Fence token of the partition; scripts compare it. Read it when needed: it changes when the partition is admitted anew. */
  readonly fence: string;
  /** 1 for the first try; blocked waits, unavailable dependencies and lost fences do not count. */
  readonly attempt: number;
  /** Free for the handler: what it must find again when it is called again for this record. */
  memo?: unknown;
}
