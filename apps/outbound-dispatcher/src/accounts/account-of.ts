import type { AccountOf } from '@heliograph/templates';
import type { SendingAccounts } from './sending-accounts.ts';

/** Whose sender it is, by the accounts file. */
export const accountOf =
  (accounts: Pick<SendingAccounts, 'all'>): AccountOf =>
  (tenant, channel, sender) =>
    accounts.all
      .map(({ account }) => account)
      .find((one) => one.tenant === tenant && one.senders.some((s) => s.name === sender && s.channel === channel))?.id;
