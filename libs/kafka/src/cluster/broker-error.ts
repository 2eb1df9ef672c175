/** An answer of the broker that says no. */
export interface BrokerError {
  /** The broker's name of it, for example `UNKNOWN_TOPIC_OR_PARTITION`. */
  readonly type: string;
  /** Whether the same request may succeed later. */
  readonly retriable: boolean;
}

/** What the broker answered, also when kafkajs' retries wrapped it; undefined when the error is not the broker's. */
export function brokerError(error: unknown): BrokerError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { type, retriable } = cause as { type?: unknown; retriable?: unknown };
    if (typeof type === 'string') return { type, retriable: retriable !== false };
  }
  return undefined;
}
