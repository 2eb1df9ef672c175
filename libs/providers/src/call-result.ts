/**
 * How one call to a provider ended. Expected ends are values, so that a ledger can tell "certainly not sent" (send again
 * without a mark) from "maybe sent" (promise 4: never silently twice).
 */
export type CallResult<T> =
  | { readonly outcome: 'ok'; readonly value: T }
  /** The provider read the request and will not do it, now or later. `code` is one of `REFUSAL_CODES`. */
  | { readonly outcome: 'refused'; readonly code: RefusalCode; readonly reason: string }
  /** Not done because of a limit. Nothing of what `of` names may be asked for this account before `retryAt`. */
  | {
      readonly outcome: 'throttled';
      /** Moment in milliseconds of Date.now(). */
      readonly retryAt: number;
      /** False when the provider named no moment and `retryAt` is only the shortest sensible wait. */
      readonly named: boolean;
      /** `templates`: only their creation has to wait. Absent: everything. */
      readonly of?: 'templates';
      readonly reason: string;
    }
  /** Certainly not done: no byte of the request left, or the provider turned it away before looking at it. */
  | { readonly outcome: 'not-sent'; readonly code: NotSentCode; readonly reason: string }
  /** The request left and nobody said what became of it. */
  | { readonly outcome: 'unknown'; readonly reason: string };

/** Why a provider refuses, in words that mean the same for every profile. */
export const REFUSAL_CODES = [
  'window-closed',
  'sender-or-template-mismatch',
  'conversation-closed',
  'not-found',
  'forbidden',
  'invalid-request',
  /** The provider knows that the contact has said no. */
  'contact-opted-out',
  /** Refused by the client itself: the contact's opt-in is not on record. */
  'opt-in-missing',
  /** There is a template of that name and language already. */
  'template-exists',
  /** Any other final answer. */
  'provider-refused',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export const NOT_SENT_CODES = [
  /** The provider did not accept the token; it is marked stale, so `prepare()` gets a new one. */
  'unauthorized',
  /** No valid token at hand: `prepare()` was not called, or the token ran out since. */
  'no-token',
  'send-by-passed',
  'aborted',
  'connection-refused',
  'dns',
  'not-connected',
  'closed',
] as const;
export type NotSentCode = (typeof NOT_SENT_CODES)[number];

/** Leave to make one request. `Grant` of @heliograph/redis is one. */
export interface CallGrant {
  /** Moment of performance.now() from which the request may no longer begin. */
  readonly deadline: number;
  /** To be called just before the request. */
  use(): void;
}

/** The limits of one call. */
export interface CallOptions {
  /** Moment of performance.now() from which the request may no longer begin; compared right before its first byte. */
  readonly sendBy: number;
  /** Milliseconds from the first byte of the request to the last of the answer; then the outcome is `unknown`. */
  readonly timeoutMs: number;
  /** Gives the call up: `not-sent` before the first byte, `unknown` after it. */
  readonly signal?: AbortSignal;
}
