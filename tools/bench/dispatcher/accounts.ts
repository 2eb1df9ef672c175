import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '@heliograph/testing';
import type { BenchSystem } from '../bench-system.ts';

export interface BenchAccount {
  id: string;
  /** Requests of the account in so many seconds, at most; it has no other limits. */
  limit: { requests: number; perSeconds: number };
}

/** Senders have the name of their account. Text messages need no window, and every contact has opted in. */
export const CHANNEL = 'sms';

/** Writes accounts whose provider is at the address, and gives the setting that names them. */
export function writeAccounts(system: BenchSystem, provider: string, accounts: readonly BenchAccount[]): Settings {
  writeFileSync(join(system.folder, 'bench.secret'), 'secret');
  const accountsFile = join(system.folder, 'bench-accounts.json');
  const entries = accounts.map(({ id, limit }, index) => ({
    id,
    tenant: 'acme',
    profile: 'genesys-guide',
    api: { baseUrl: `${provider}/${id}`, tokenUrl: `${provider}/${id}/token` },
    client: { id: 'client', secretFile: 'bench.secret' },
    webhookSecretFiles: ['bench.secret'],
    limits: { tenant: limit, client: null, number: null, agentless: null, campaign: null, pair: null },
    checkSenders: false,
    senders: [
      {
        name: id,
        channel: CHANNEL,
        addresses: [`+1555${String(1_000_000 + index)}`],
        queueId: 'queue',
        optInOnRecord: true,
      },
    ],
  }));
  writeFileSync(accountsFile, JSON.stringify({ accounts: entries }));
  return { ACCOUNTS_FILE: accountsFile };
}
