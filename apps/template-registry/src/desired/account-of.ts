import type { Account, Accounts } from '@heliograph/accounts';
import { badRequest } from '@heliograph/http-api';

/**
 * The account of a tenant that a request is about: the one it names, or the only one there is.
 *
 * @throws ApiError 400; an account of another tenant is none
 */
export function accountOf(accounts: Accounts, tenant: string, given: string | undefined): Account {
  const own = accounts.all.filter((account) => account.tenant === tenant);
  const [first] = own;
  if (given === undefined && first && own.length === 1) return first;
  const names = own.map(({ id }) => id).join(', ');
  const found = own.find(({ id }) => id === given);
  if (found) return found;
  const there = own.length === 0 ? 'your tenant has no account' : `your tenant has ${names}`;
  const reason = given === undefined ? `is needed: ${there}` : `is not known: ${there}`;
  throw badRequest([{ field: 'account', reason }]);
}
