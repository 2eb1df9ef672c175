import { canonicalAddress, CHANNELS, type FieldProblem } from '@heliograph/contracts';
import { AccountEntry, SenderEntry, type AccountsFile } from './account-file.ts';
import { entries } from './entries.ts';

/**
 * What is wrong between fields: addresses that are none of their channel, and names or addresses that would make it
 * ambiguous whose message something is. Looks only at what has the right shape, so it adds to the problems of shape.
 */
export function senderProblems(file: AccountsFile): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const taken = new Map<string, string>();
  const claim = (key: readonly unknown[], field: string, what: string): void => {
    const first = taken.get(JSON.stringify(key));
    if (first === undefined) taken.set(JSON.stringify(key), field);
    else problems.push({ field, reason: `${what} as ${first}` });
  };
  for (const [path, account] of entries(file.accounts, 'accounts', AccountEntry)) {
    if (isText(account.id)) claim(['account', account.id], `${path}.id`, 'is the same');
    problems.push(...agentlessProblems(account, path));
    for (const [at, sender] of entries(account.senders, `${path}.senders`, SenderEntry)) {
      const { name, channel } = sender;
      if (!CHANNELS.includes(channel)) continue;
      if (isText(name)) claim(['sender', account.tenant, channel, name], `${at}.name`, `is for ${channel} the same`);
      const addresses: unknown[] = Array.isArray(sender.addresses) ? sender.addresses : [];
      addresses.filter(isText).forEach((given) => {
        const field = `${at}.addresses[${addresses.indexOf(given)}]`;
        const address = canonicalAddress(channel, given);
        if (address === undefined) problems.push({ field, reason: `is not an address of ${channel}` });
        else claim(['address', path, channel, address], field, `is on ${channel} the same`);
      });
    }
  }
  return problems;
}

/**
 * An agentless send names no number to send from (guide 001, section 3), so its channel may have one only: with another the
 * provider would choose, and the customer might be written to by the wrong one.
 */
function agentlessProblems({ senders }: AccountEntry, path: string): FieldProblem[] {
  const all = [...entries(senders, `${path}.senders`, SenderEntry)];
  return all.flatMap(([at, { agentless, channel }]) => {
    const numbers = all.flatMap(([, other]) => (other.channel === channel ? other.addresses : []));
    if (agentless !== true || numbers.length <= 1) return [];
    return [{ field: `${at}.agentless`, reason: `the account has more than one address on ${channel}` }];
  });
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
