/** Why something could not be done now. Lanes and callers decide by these classes, never by message text. */

/** The work may succeed when it is tried again; each try counts against the record's attempts. */
export class Retryable extends Error {
  override readonly name: string = 'Retryable';
}

/**
 * Something this process depends on (Kafka, Redis, a provider's token endpoint) cannot be reached. Says nothing about the
 * record, so waiting costs it no attempt.
 */
export class Unavailable extends Error {
  override readonly name: string = 'Unavailable';
  constructor(
    readonly dependency: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${dependency} is unavailable: ${reason}`, options);
  }
}

/** The partition's fence is not ours (any more): work on it stops until the partition was admitted again. Costs no attempt. */
export class FenceLost extends Error {
  override readonly name: string = 'FenceLost';
  constructor(readonly partition: number) {
    super(`the fence of partition ${partition} is not held`);
  }
}
