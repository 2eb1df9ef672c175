import { randomBytes } from 'node:crypto';
import type { WebhookProfile } from '@heliograph/providers';

/** An account as far as its webhooks are concerned. */
export interface WebhookAccount {
  readonly id: string;
  readonly tenant: string;
  readonly profile: string;
}

/** Where a webhook belongs. `account` is undefined for one nobody knows; its secret is one nobody has. */
export interface WebhookTarget {
  readonly profile: WebhookProfile;
  readonly account: WebhookAccount | undefined;
  readonly secrets: readonly string[];
}

/** Finds account and profile of a webhook's path. */
export class WebhookAccounts {
  private readonly byPath: ReadonlyMap<string, WebhookAccount>;
  /** An unknown account is verified like a known one, so that neither answer nor time tells them apart. */
  private readonly nobody: readonly string[] = [randomBytes(32).toString('hex')];

  constructor(
    accounts: readonly WebhookAccount[],
    private readonly profileOf: (name: string) => { readonly webhook: WebhookProfile } | undefined,
    /** The active secrets of an account, now. */
    private readonly secretsOf: (accountId: string) => readonly string[] | undefined,
  ) {
    this.byPath = new Map(accounts.map((account) => [`${account.profile}/${account.id}`, account]));
  }

  /** @returns undefined when there is no such profile */
  find(profileName: string, accountId: string): WebhookTarget | undefined {
    const profile = this.profileOf(profileName)?.webhook;
    if (!profile) return undefined;
    const account = this.byPath.get(`${profileName}/${accountId}`);
    return { profile, account, secrets: (account && this.secretsOf(account.id)) ?? this.nobody };
  }
}
