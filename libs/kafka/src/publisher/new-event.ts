import type { CloudEvent, EventContract } from '@heliograph/contracts';
import { currentTraceparent } from '@heliograph/runtime';
import type { Delivery } from '../delivery.ts';

/** What an event is made of; the rest follows from its contract and its cause. */
export interface EventParts<T> {
  /** The same for every repeat of the same event: derived from the cause, never random. */
  readonly id: string;
  /** Record key. */
  readonly key: string;
  readonly data: T;
  readonly tenant: string;
  /** `/heliograph/<service>`. */
  readonly source: string;
  readonly subject?: string;
  /** ISO 8601; now when absent. */
  readonly time?: string;
  /** Further extension attributes: account, profile … */
  readonly extensions?: Readonly<Record<string, string>>;
  /** The record this event follows from: gives `origin`, and the trace when no other is running. */
  readonly cause?: Delivery;
}

/** Builds an event of a contract. */
export function newEvent<T>(contract: EventContract, parts: EventParts<T>): CloudEvent<T> {
  const { id, key, data, tenant, source, subject, time, extensions, cause } = parts;
  return {
    id,
    type: contract.type,
    source,
    ...(subject === undefined ? {} : { subject }),
    time: time ?? new Date().toISOString(),
    partitionKey: key,
    extensions: { ...extensions, tenant },
    data,
    traceparent: currentTraceparent() ?? cause?.event.traceparent,
    origin: cause?.origin,
  };
}
