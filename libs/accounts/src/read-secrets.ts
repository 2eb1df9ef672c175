import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FieldProblem } from '@heliograph/contracts';
import { AccountEntry, type AccountsFile } from './account-file.ts';
import { entries } from './entries.ts';

/**
 * client: of the provider's API; webhook: of the webhooks' signatures; subscriber: as client, but only of accounts that have
 * something to register at the provider.
 */
export type SecretKind = 'client' | 'webhook' | 'subscriber';

/** Secrets by the path of the field that names their file. */
export type Secrets = ReadonlyMap<string, string>;

/** The fields of an account that name a secret file of one kind, with the file they name. */
export function secretFields(account: AccountEntry, path: string, kind: SecretKind): [field: string, file: string][] {
  if (kind === 'subscriber' && account.subscriptions === undefined) return [];
  if (kind !== 'webhook') {
    const clients = { client: account.client, secondaryClient: account.secondaryClient };
    return Object.entries(clients).flatMap(([name, client]): [string, string][] => {
      const file: unknown = client?.secretFile;
      return typeof file === 'string' && file !== '' ? [[`${path}.${name}.secretFile`, file]] : [];
    });
  }
  const files: unknown = account.webhookSecretFiles;
  if (!Array.isArray(files)) return [];
  return files.flatMap((file: unknown, index): [string, string][] =>
    typeof file === 'string' && file !== '' ? [[`${path}.webhookSecretFiles[${index}]`, file]] : [],
  );
}

/** Reads the secret files of the wanted kinds, and no others. Their paths are relative to `folder`. */
export function readSecrets(
  file: AccountsFile,
  folder: string,
  kinds: readonly SecretKind[],
): { secrets: Secrets; files: readonly string[]; problems: FieldProblem[] } {
  const files: string[] = [];
  const secrets = new Map<string, string>();
  const problems: FieldProblem[] = [];
  for (const [path, account] of entries(file.accounts, 'accounts', AccountEntry)) {
    for (const [field, name] of kinds.flatMap((kind) => secretFields(account, path, kind))) {
      files.push(resolve(folder, name));
      const secret = readSecret(resolve(folder, name));
      if ('reason' in secret) problems.push({ field, reason: secret.reason });
      else secrets.set(field, secret.text);
    }
  }
  return { secrets, files, problems };
}

/** The text of a secret file, without the line break that editors put at its end. */
function readSecret(file: string): { text: string } | { reason: string } {
  try {
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return text.trim() === '' ? { reason: `names an empty file: ${file}` } : { text };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { reason: `names a file that cannot be read (${code}): ${file}` };
  }
}
