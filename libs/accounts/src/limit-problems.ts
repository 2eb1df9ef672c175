import { isDeepStrictEqual } from 'node:util';
import type { FieldProblem } from '@heliograph/contracts';
import { AccountEntry, type AccountsFile, LimitsEntry } from './account-file.ts';
import { entries } from './entries.ts';
import { withoutSlash } from './without-slash.ts';

/** Accounts of one organisation take from the same buckets, so they must agree on what those hold. */
export function limitProblems(file: AccountsFile): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const first = new Map<string, { path: string; limits: LimitsEntry }>();
  for (const [path, account] of entries(file.accounts, 'accounts', AccountEntry)) {
    const { tenant, profile, api, limits, client, secondaryClient } = account;
    if (secondaryClient && secondaryClient.id === client?.id) {
      problems.push({ field: `${path}.secondaryClient.id`, reason: `is the same as ${path}.client.id` });
    }
    if (!(limits instanceof LimitsEntry) || typeof api?.baseUrl !== 'string') continue;
    const organisation = JSON.stringify([tenant, profile, withoutSlash(api.baseUrl)]);
    const other = first.get(organisation);
    if (!other) first.set(organisation, { path, limits });
    else if (!isDeepStrictEqual(shared(other.limits), shared(limits))) {
      problems.push({
        field: `${path}.limits`,
        reason: `differs from ${other.path}.limits, of the same tenant and provider`,
      });
    }
  }
  return problems;
}

/** Those of templates are each account's own. */
const shared = ({ templates: _own, ...limits }: LimitsEntry): object => limits;
