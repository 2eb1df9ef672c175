import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { canonicalAddress } from '@heliograph/contracts';
import { plainToInstance } from 'class-transformer';
import type { AccountEntry, ClientEntry, SenderEntry, SubscriptionsEntry } from './account-file.ts';
import { AccountsFile } from './account-file.ts';
import { Account, type AccountSubscriptions, type ClientSettings, type Sender } from './account.ts';
import { AccountsError } from './accounts-error.ts';
import { Accounts } from './accounts.ts';
import { readSecrets, secretFields, type SecretKind, type Secrets } from './read-secrets.ts';
import { limitProblems } from './limit-problems.ts';
import { senderProblems } from './sender-problems.ts';
import { shapeProblems } from './shape-problems.ts';
import { withoutSlash } from './without-slash.ts';

/**
 * Reads the accounts file, and of the secret files it names (relative to it) only those of the wanted kinds, so that a
 * service holds no secret that it does not use.
 *
 * @throws AccountsError with every problem of the file and of the secret files
 */
export function loadAccounts(path: string, { secrets: kinds }: { readonly secrets: readonly SecretKind[] }): Accounts {
  const file = plainToInstance(AccountsFile, readJson(path));
  const { secrets, files, problems: secretProblems } = readSecrets(file, dirname(path), kinds);
  const problems = [...shapeProblems(file), ...senderProblems(file), ...limitProblems(file), ...secretProblems];
  if (problems.length > 0) throw new AccountsError(path, problems);
  const accounts = file.accounts.map((entry, index) => toAccount(entry, `accounts[${index}]`, secrets, kinds));
  return new Accounts(accounts, [resolve(path), ...files]);
}

function readJson(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new AccountsError(path, [{ field: '', reason: `it cannot be read (${code})` }]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's message may quote the file; where it stopped is enough.
    const place = /line \d+ column \d+/.exec((error as Error).message)?.[0];
    throw new AccountsError(path, [{ field: '', reason: `it is not JSON${place ? ` (${place})` : ''}` }]);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new AccountsError(path, [{ field: '', reason: 'it must hold a JSON object' }]);
}

function toAccount(entry: AccountEntry, path: string, secrets: Secrets, kinds: readonly SecretKind[]): Account {
  const read = (kind: SecretKind): (string | undefined)[] =>
    kinds.includes(kind) ? secretFields(entry, path, kind).map(([field]) => secrets.get(field)) : [];
  const { id, tenant, profile, requestTimeoutMs } = entry;
  const settings = {
    id,
    tenant,
    profile,
    api: { ...entry.api, baseUrl: withoutSlash(entry.api.baseUrl) },
    client: clientOf(entry.client),
    secondaryClient: entry.secondaryClient && clientOf(entry.secondaryClient),
    limits: entry.limits,
    requestTimeoutMs,
    senders: entry.senders.map(toSender),
    subscriptions: entry.subscriptions && subscriptionsOf(entry.subscriptions, id),
    checkSenders: entry.checkSenders,
  };
  const [client, secondaryClient] = kinds.includes('client') ? read('client') : read('subscriber');
  const webhook = kinds.includes('webhook') ? (read('webhook') as string[]) : undefined;
  return new Account(settings, { client, secondaryClient, webhook });
}

function subscriptionsOf({ endpoint, register, name }: SubscriptionsEntry, account: string): AccountSubscriptions {
  return { endpoint, register, name: name ?? `heliograph-${account}` };
}

const clientOf = ({ id, scopes }: ClientEntry): ClientSettings => ({ id, ...(scopes && { scopes }) });

function toSender({ name, channel, addresses, queueId, optInOnRecord, agentless }: SenderEntry): Sender {
  const canonical = addresses.map((address) => canonicalAddress(channel, address)!);
  return { name, channel, addresses: canonical, queueId, optInOnRecord, ...(agentless && { agentless }) };
}
