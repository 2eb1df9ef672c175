import type { Sender } from '@heliograph/accounts';
import type { Parties } from '@heliograph/contracts';
import type { Refusal } from '../sending/effect.ts';
import type { SendingAccount } from './sending-account.ts';
import type { SendingAccounts } from './sending-accounts.ts';

/** For an account that is not configured (any more): the longest time-out one can have, milliseconds. */
export const LONGEST_REQUEST_MS = 120_000;

export interface FoundSender {
  readonly sending: SendingAccount;
  readonly sender: Sender;
}

/** The account and the sender that a command names, or why it cannot be carried out. */
export function findSender(accounts: SendingAccounts, parties: Parties): FoundSender | Refusal {
  const { tenant, account, channel } = parties;
  const sending = accounts.byId(account);
  if (!sending || sending.account.tenant !== tenant) {
    return { code: 'unknown-account', reason: `tenant "${tenant}" has no account "${account}"` };
  }
  const sender = sending.account.senders.find((s) => s.name === parties.sender && s.channel === channel);
  if (!sender) {
    return { code: 'unknown-sender', reason: `account "${account}" has no ${channel} sender "${parties.sender}"` };
  }
  return { sending, sender };
}
