import { Accounts, type Account, type Sender } from '@heliograph/accounts';

/** An account that some replicas do not know before the operator mends that. */
export const LATE_ACCOUNT = 'late';

const sender: Sender = {
  name: 'support',
  channel: 'whatsapp',
  addresses: ['15550009876'],
  queueId: 'q',
  optInOnRecord: false,
};
const account = (id: string) => ({ id, tenant: 'acme', senders: [sender] }) as unknown as Account;
const FEW = new Accounts([account('known')]);
const ALL = new Accounts([account('known'), account(LATE_ACCOUNT)]);

/** The accounts as they are configured at the moment of each question. @param which few: without the late one */
export function accountsAsOfNow(which: () => 'few' | 'all'): Accounts {
  const accounts = () => (which() === 'few' ? FEW : ALL);
  const lookUps: Pick<Accounts, 'byId' | 'senderOfAddress'> = {
    byId: (id) => accounts().byId(id),
    senderOfAddress: (id, channel, address) => accounts().senderOfAddress(id, channel, address),
  };
  return lookUps as Accounts;
}
