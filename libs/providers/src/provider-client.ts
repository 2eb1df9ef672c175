import type { Channel } from '@heliograph/contracts';
import type { AgentlessClient } from './agentless-client.ts';
import type { CallOptions, CallResult } from './call-result.ts';
import type { ContactMessagingClient } from './contact-messaging.ts';
import type { EngagementClient } from './engagement-client.ts';
import type { ParticipantCalls } from './participants.ts';
import type { RoutingLookUps } from './routing-look-ups.ts';
import type { SendRequest, SentMessage } from './send-request.ts';
import type { SubscriptionClient } from './subscription-client.ts';
import type { TemplateClient } from './template-client.ts';

/** Asks the provider for a conversation in which messages can be sent. */
export interface OpenConversation {
  readonly channel: Channel;
  /** Canonical address of the sender. */
  readonly from: string;
  /** Canonical address of the contact. */
  readonly to: string;
  readonly queueId: string;
  /** Place in the queue; 1 when absent. */
  readonly priority?: number;
  readonly skills?: readonly { readonly id: string; readonly level: number }[];
  /** Free routing attributes. The opt-in attribute is the profile's own and cannot be given here. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** Whether the contact's opt-in is on record; without it nothing is sent. */
  readonly optIn: boolean;
  /** Our reference, kept by the provider. */
  readonly externalRef: string;
}

export interface OpenedConversation {
  readonly providerConversationId: string;
}

/** Asks a provider what became of a send whose outcome is unknown. */
export interface LookUpRequest {
  readonly providerConversationId: string;
  readonly reference: string;
}
/** `found: false`: the provider is sure that it never took it. */
export type LookedUp = { readonly found: true; readonly providerMessageId: string } | { readonly found: false };

/**
 * What can be asked of a provider with one account. Every method except `prepare` makes at most one HTTP request and never
 * repeats it, because budgets count what arrives; none of them throws for what a network or a provider can do.
 */
export interface ProviderClient
  extends
    ParticipantCalls,
    RoutingLookUps,
    ContactMessagingClient,
    SubscriptionClient,
    EngagementClient,
    TemplateClient,
    AgentlessClient {
  /**
   * Makes sure a valid token is at hand. May wait for a grant and for the token endpoint, so it comes before the budget for
   * the call itself is taken.
   *
   * @throws {TokenUnavailable} (an `Unavailable`) when no token can be had at present
   * @throws {CredentialsRefused} (an `Unavailable`) when the provider refuses the account's credentials
   * @throws what `takeGrant` rejects with
   */
  prepare(): Promise<void>;
  /** Whether a valid token is at hand, so that a call can be made now. Starts its renewal when it nears its end. */
  prepared(): boolean;
  openConversation(request: OpenConversation, options: CallOptions): Promise<CallResult<OpenedConversation>>;
  sendMessage(request: SendRequest, options: CallOptions): Promise<CallResult<SentMessage>>;
  /**
   * Whether a message arrived, by our reference. Absent where the provider offers nothing of the kind. Any outcome but `ok`
   * means that it cannot say.
   */
  lookUpMessage?(request: LookUpRequest, options: CallOptions): Promise<CallResult<LookedUp>>;
  /** Waits for the calls under way, then closes the connections. Later calls end as `not-sent`. */
  close(): Promise<void>;
}
