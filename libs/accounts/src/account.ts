import type { Channel } from '@heliograph/contracts';
import type { AccountLimits } from './account-limits.ts';
import type { Registration } from './registrations.ts';

/** What messages come from: a name with the numbers behind it. */
export interface Sender {
  readonly name: string;
  readonly channel: Channel;
  /** Canonical, at least one; several are a pool. */
  readonly addresses: readonly string[];
  readonly queueId: string;
  /** Every contact has opted in elsewhere. */
  readonly optInOnRecord: boolean;
  /** Its templates are sent as notifications that no agent takes part in (guide 001, section 3). */
  readonly agentless?: boolean;
}

/** An OAuth client without its secret. */
export interface ClientSettings {
  readonly id: string;
  readonly scopes?: readonly string[] | undefined;
}

/** What is to be registered at the provider. */
export interface AccountSubscriptions {
  /** Where the provider reaches the ingress. */
  readonly endpoint: string;
  readonly register: readonly Registration[];
  /** Begins the name of each registration. */
  readonly name: string;
}

/** Everything of an account but its secrets. */
export interface AccountSettings {
  readonly id: string;
  readonly tenant: string;
  readonly profile: string;
  readonly api: {
    readonly baseUrl: string;
    readonly tokenUrl: string;
    /** Whether token requests name the client's scopes. */
    readonly sendScopes?: boolean | undefined;
  };
  readonly client: ClientSettings;
  readonly secondaryClient?: ClientSettings | undefined;
  readonly limits: AccountLimits;
  /** Milliseconds. */
  readonly requestTimeoutMs: number;
  readonly senders: readonly Sender[];
  readonly subscriptions?: AccountSubscriptions | undefined;
  /** Whether the senders' numbers are compared with the provider's. */
  readonly checkSenders?: boolean | undefined;
}

/** The provider's OAuth client. Its secret is no property of its own, so that it is in no log or JSON of the account. */
export class ClientCredentials {
  readonly #secret: string | undefined;
  readonly id: string;
  readonly scopes: readonly string[] | undefined;

  constructor(
    { id, scopes }: ClientSettings,
    secret: string | undefined,
    private readonly accountId: string,
  ) {
    this.id = id;
    this.scopes = scopes;
    this.#secret = secret;
  }

  /** @throws Error when the service did not ask for client secrets */
  get secret(): string {
    if (this.#secret === undefined) throw notLoaded(this.accountId, 'client');
    return this.#secret;
  }
}

/** One set of provider credentials with its limits and senders. */
export class Account implements AccountSettings {
  readonly id: string;
  readonly tenant: string;
  readonly profile: string;
  readonly api: AccountSettings['api'];
  readonly client: ClientCredentials;
  /** Another OAuth client of the same organisation, for when the first one gets no token. */
  readonly secondaryClient: ClientCredentials | undefined;
  readonly limits: AccountSettings['limits'];
  readonly requestTimeoutMs: number;
  readonly senders: readonly Sender[];
  readonly subscriptions: AccountSubscriptions | undefined;
  readonly checkSenders: boolean;
  readonly #webhookSecrets: readonly string[] | undefined;

  constructor(
    settings: AccountSettings,
    secrets: {
      readonly client?: string | undefined;
      readonly secondaryClient?: string | undefined;
      readonly webhook?: readonly string[] | undefined;
    } = {},
  ) {
    this.id = settings.id;
    this.tenant = settings.tenant;
    this.profile = settings.profile;
    this.api = settings.api;
    this.client = new ClientCredentials(settings.client, secrets.client, settings.id);
    const { secondaryClient: second } = settings;
    this.secondaryClient = second && new ClientCredentials(second, secrets.secondaryClient, settings.id);
    this.limits = settings.limits;
    this.requestTimeoutMs = settings.requestTimeoutMs;
    this.senders = settings.senders;
    this.subscriptions = settings.subscriptions;
    this.checkSenders = settings.checkSenders ?? true;
    this.#webhookSecrets = secrets.webhook;
  }

  /**
   * The active secrets of its webhooks, one or two.
   *
   * @throws Error when the service did not ask for webhook secrets
   */
  get webhookSecrets(): readonly string[] {
    if (this.#webhookSecrets === undefined) throw notLoaded(this.id, 'webhook');
    return this.#webhookSecrets;
  }
}

const notLoaded = (account: string, kind: string): Error =>
  new Error(`the ${kind} secret of account ${account} was not loaded: ask for "${kind}" in loadAccounts`);
