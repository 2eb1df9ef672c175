import type { Channel } from '@heliograph/contracts';
import { badRequest } from '@heliograph/http-api';

/** The accounts file as far as this service needs it. */
export interface SendingAccount {
  readonly id: string;
  readonly tenant: string;
  readonly senders: readonly { readonly name: string; readonly channel: Channel }[];
}

/** Which senders a tenant has, and the account behind each. */
export class Senders {
  constructor(private readonly accounts: readonly SendingAccount[]) {}

  /**
   * @returns id of the account that owns the sender
   * @throws ApiError 400 naming the tenant's senders on that channel, or its channels when it has none there
   */
  accountOf(tenant: string, channel: Channel, sender: string): string {
    const account = this.find(tenant, channel, sender);
    if (account !== undefined) return account;
    const all = this.of(tenant).flatMap(({ senders }) => senders);
    const names = list(all.filter((s) => s.channel === channel).map((s) => s.name));
    if (names === '') {
      const channels = list(all.map((s) => s.channel)) || 'none';
      throw badRequest([{ field: 'channel', reason: `has no sender of yours (your channels: ${channels})` }]);
    }
    throw badRequest([{ field: 'sender', reason: `is not one of your senders on ${channel} (known: ${names})` }]);
  }

  /** @returns id of the account that owns the sender, where there is one */
  find(tenant: string, channel: Channel, sender: string): string | undefined {
    return this.of(tenant).find(({ senders }) => senders.some((s) => s.name === sender && s.channel === channel))?.id;
  }

  /** Every sender that the tenant has on a channel, with its account. */
  onChannel(tenant: string, channel: Channel): readonly { readonly account: string; readonly sender: string }[] {
    return this.of(tenant).flatMap(({ id, senders }) =>
      senders.filter((one) => one.channel === channel).map(({ name }) => ({ account: id, sender: name })),
    );
  }

  private of(tenant: string): readonly SendingAccount[] {
    return this.accounts.filter((account) => account.tenant === tenant);
  }
}

const list = (names: readonly string[]): string => [...new Set(names)].sort().join(', ');
