import type { Channel } from '@heliograph/contracts';
import type { Account, Sender } from './account.ts';

/** The accounts of the system and their senders, as of the start of the process. */
export class Accounts {
  private readonly ids: ReadonlyMap<string, Account>;

  /** @param files absolute paths of everything it was read from: the accounts file, then the secret files */
  constructor(
    readonly all: readonly Account[],
    readonly files: readonly string[] = [],
  ) {
    this.ids = new Map(all.map((account) => [account.id, account]));
  }

  byId(id: string): Account | undefined {
    return this.ids.get(id);
  }

  /** A sender of an account by its name; the first in the file where the name is used on several channels and none is given. */
  sender(accountId: string, name: string, channel?: Channel): Sender | undefined {
    const senders = this.byId(accountId)?.senders;
    return senders?.find((sender) => sender.name === name && (channel === undefined || sender.channel === channel));
  }

  /** The sender that one of whose numbers it is. @param address canonical */
  senderOfAddress(accountId: string, channel: Channel, address: string): Sender | undefined {
    return this.byId(accountId)?.senders.find(
      (sender) => sender.channel === channel && sender.addresses.includes(address),
    );
  }

  /** A tenant's sender by its name, which is unique per tenant and channel, and the account it belongs to. */
  senderNamed(tenant: string, channel: Channel, name: string): { account: Account; sender: Sender } | undefined {
    for (const account of this.all) {
      if (account.tenant !== tenant) continue;
      const sender = this.sender(account.id, name, channel);
      if (sender) return { account, sender };
    }
    return undefined;
  }
}
