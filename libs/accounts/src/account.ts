import type { Channel } from '@heliograph/contracts';
import type { AccountLimits } from './account-limits.ts';

/** What messages come from: a name with the numbers behind it. */
export interface Sender {
  readonly name: string;
  readonly channel: Channel;
  /** Canonical, at least one; several are a pool. */
  readonly addresses: readonly string[];
  readonly queueId: string;
  /** Every contact has opted in elsewhere. */
  readonly optInOnRecord: boolean;
}

/** Everything of an account but its secrets. */
export interface AccountSettings {
  readonly id: string;
  readonly tenant: string;
  readonly profile: string;
  readonly api: { readonly baseUrl: string; readonly tokenUrl: string };
  readonly clientId: string;
  readonly secondaryClientId?: string | undefined;
  readonly limits: AccountLimits;
  /** Milliseconds. */
  readonly requestTimeoutMs: number;
  readonly senders: readonly Sender[];
}

/** The provider's OAuth client. Its secret is no property of its own, so that it is in no log or JSON of the account. */
export class ClientCredentials {
  readonly #secret: string | undefined;

  constructor(
    readonly id: string,
    secret: string | undefined,
    private readonly accountId: string,
  ) {
    this.#secret = secret;
  }

  /** @throws Error when the service did not ask for client secrets */
  get secret(): string {
    if (this.#secret === undefined) throw notLoaded(this.accountId, 'client');
    return this.#secret;
  }
}

/** One set of provider credentials with its limits and senders. */
export class Account implements Omit<AccountSettings, 'clientId' | 'secondaryClientId'> {
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
    this.client = new ClientCredentials(settings.clientId, secrets.client, settings.id);
    const { secondaryClientId: second } = settings;
    this.secondaryClient =
      second === undefined ? undefined : new ClientCredentials(second, secrets.secondaryClient, settings.id);
    this.limits = settings.limits;
    this.requestTimeoutMs = settings.requestTimeoutMs;
    this.senders = settings.senders;
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
