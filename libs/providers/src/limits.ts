/** What a provider says, with an answer, of how much of a limit is left. */
export interface Quota {
  /** Whose limit: everything of the organisation, or one OAuth client. */
  readonly of: 'tenant' | 'client';
  /** Requests left until the provider counts anew. */
  readonly remaining: number;
  /** When it counts anew, milliseconds from the answer; undefined when it does not say. */
  readonly resetMs?: number;
}

/** Until when a provider wants to be left alone. */
export interface RetryMoment {
  /** Milliseconds of Date.now(). */
  readonly retryAt: number;
  /** False when the provider named no moment and `retryAt` is only the shortest sensible wait. */
  readonly named: boolean;
}

/**
 * How a token request ended. `over-broad`: the token would allow more than least privilege does, so it is not used;
 * `turned-away`: not asked for, because the provider has just turned away a new one.
 */
export type TokenResult = 'token' | 'throttled' | 'unavailable' | 'refused' | 'over-broad' | 'turned-away';

/** Hears what a provider says of its limits beside the results of calls. */
export interface LimitListener {
  /** With every answer that tells of it, to whatever request. */
  quota?(quota: Quota): void;
  /** A token request was throttled, also one in the background that nobody waits for. */
  tokenThrottled?(moment: RetryMoment): void;
  /** A token request ended. */
  tokenAnswered?(result: TokenResult): void;
}
