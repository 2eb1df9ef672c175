import type { CallGrant } from './call-result.ts';
import type { EventTranslator } from './provider-fact.ts';
import type { LimitListener } from './limits.ts';
import type { ProviderClient } from './provider-client.ts';
import type { Subscription, SubscriptionWish } from './subscription-client.ts';
import type { WebhookProfile } from './webhook-profile.ts';

/** What a client needs of an account. */
export interface ProviderAccount {
  readonly id: string;
  readonly api: {
    readonly baseUrl: string;
    readonly tokenUrl: string;
    /** Whether a token request names the client's scopes. */
    readonly sendScopes?: boolean | undefined;
  };
  readonly client: { readonly id: string; readonly secret: string; readonly scopes?: readonly string[] | undefined };
}

export interface ClientDeps {
  /**
   * Awaited before each token request: those count against the account's budget like every other request.
   */
  readonly takeGrant: () => Promise<CallGrant>;
  readonly limits?: LimitListener;
  /** Most connections at once, each with one request at a time; 128 when absent. */
  readonly connections?: number;
  /** Milliseconds a token request may take; 10,000 when absent. */
  readonly tokenTimeoutMs?: number;
}

/** One provider contract: its webhooks, its events, its calls. */
export interface Profile {
  readonly name: string;
  readonly webhook: WebhookProfile;
  readonly translator: EventTranslator;
  /** Its receipts carry the reference of a send, so that one can tell what became of an unknown outcome. */
  readonly receiptsCarryReference?: true;
  /** How a registration of an account should be, in the provider's words. */
  wantedSubscription(wish: SubscriptionWish): Subscription;
  /** @throws {TypeError} when an address of the account is not an http or https URL */
  client(account: ProviderAccount, deps: ClientDeps): ProviderClient;
}
