import type { Accounts } from '@heliograph/accounts';
import { conversationId, type Parties } from '@heliograph/contracts';
import type { PartyAddress, ConversationalFact } from '@heliograph/providers';
import type { MappingStore } from '../mapping/mapping.store.ts';

export type Resolution =
  | { readonly kind: 'resolved'; readonly parties: Parties }
  /** The event names a provider conversation that is not known (yet). */
  | { readonly kind: 'unknown-conversation'; readonly providerConversationId: string }
  /** The mapping is not whole in Redis, so nothing can be said. */
  | { readonly kind: 'mapping-incomplete'; readonly partition: number }
  | { readonly kind: 'unresolvable'; readonly reason: string };

export const notConfigured = (accountId: string): string => `account "${accountId}" is not configured`;

/** Finds the conversation a provider's fact belongs to: by the addresses it carries, else by its provider conversation. */
export class ConversationResolver {
  constructor(
    private readonly accounts: Accounts,
    private readonly mapping: MappingStore,
  ) {}

  /** Undefined when the account is not configured. */
  tenantOf(accountId: string): string | undefined {
    return this.accounts.byId(accountId)?.tenant;
  }

  async resolve(accountId: string, fact: ConversationalFact): Promise<Resolution> {
    const account = this.accounts.byId(accountId);
    if (!account) return { kind: 'unresolvable', reason: notConfigured(accountId) };
    const { from, to, providerConversationId } = fact;
    if (from && to) {
      const parties = this.byAddresses(account.tenant, accountId, from, to);
      if (parties) return { kind: 'resolved', parties };
      return { kind: 'unresolvable', reason: `neither address of the event is a sender of account "${accountId}"` };
    }
    if (!providerConversationId) {
      return { kind: 'unresolvable', reason: 'the event carries neither both addresses nor a conversation id' };
    }
    const mapping = await this.mapping.find(account.tenant, accountId, providerConversationId);
    switch (mapping.kind) {
      case 'mapped':
        return { kind: 'resolved', parties: mapping.parties };
      case 'incomplete':
        return { kind: 'mapping-incomplete', partition: mapping.partition };
      case 'unknown':
        return { kind: 'unknown-conversation', providerConversationId };
    }
  }

  private byAddresses(tenant: string, account: string, from: PartyAddress, to: PartyAddress): Parties | undefined {
    for (const [ours, theirs] of [
      [to, from],
      [from, to],
    ] as const) {
      const sender = this.accounts.senderOfAddress(account, ours.channel, ours.address);
      if (!sender) continue;
      const { channel, address: contact } = theirs;
      const id = conversationId(tenant, channel, sender.name, contact);
      return { conversationId: id, tenant, account, channel, sender: sender.name, contact };
    }
    return undefined;
  }
}
