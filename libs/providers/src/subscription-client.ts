import type { FieldProblem } from '@heliograph/contracts';
import type { CallOptions, CallResult } from './call-result.ts';

/** Conversation events; message and opt-out events; approval of templates. */
export type RegistrationKind = 'events' | 'messages' | 'template-status';

/** One registration as it should be at the provider. Event types and filters are the provider's words. */
export interface Subscription {
  readonly kind: RegistrationKind;
  /** What we know it by. */
  readonly name: string;
  /** Where a provider has no description it is ''. */
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly filters: Readonly<Record<string, string>>;
  /** Where events are sent to. */
  readonly endpoint: string;
}

/** What has to be known to say how a registration should be. */
export interface SubscriptionWish {
  readonly kind: RegistrationKind;
  /** Begins its name. */
  readonly name: string;
  readonly endpoint: string;
  /** Of the account's senders. */
  readonly channels: readonly string[];
}

/** One registration as the provider lists it; it may be wrong in any field. */
export interface ListedSubscription extends Subscription {
  readonly id: string;
  /** False: the provider keeps it, but sends nothing. */
  readonly enabled: boolean;
  /** How many endpoints events go to; only the first one is in `endpoint`. */
  readonly endpoints: number;
  /** ISO 8601; absent where the provider does not say. */
  readonly createdAt?: string;
}

export interface SubscriptionList {
  /** In the provider's order. */
  readonly subscriptions: readonly ListedSubscription[];
  /** Entries of the answer that could not be read. */
  readonly problems: readonly FieldProblem[];
}

/** The registrations of an account at its provider. Like every call each is one request, and none throws. */
export interface SubscriptionClient {
  /** Those of one kind, ours and everybody else's. */
  listSubscriptions(kind: RegistrationKind, options: CallOptions): Promise<CallResult<SubscriptionList>>;
  /** Gives its id. An unknown outcome may have created it. */
  createSubscription(wanted: Subscription, options: CallOptions): Promise<CallResult<{ readonly id: string }>>;
  /** Every field of it becomes as wanted. */
  replaceSubscription(id: string, wanted: Subscription, options: CallOptions): Promise<CallResult<true>>;
  /** `not-found` when it is not there any more. */
  removeSubscription(kind: RegistrationKind, id: string, options: CallOptions): Promise<CallResult<true>>;
}
