import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { loadAccounts } from '@heliograph/accounts';
import type { BenchSystem } from '../bench-system.ts';
import { writeAccounts } from './accounts.ts';

it('the accounts of the benchmarks are ones that the dispatcher takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-accounts-'));
  const limit = { requests: 80, perSeconds: 1 };
  const accounts = ['one', 'two'].map((id) => ({ id, limit }));
  const settings = writeAccounts({ folder } as BenchSystem, 'http://127.0.0.1:1', accounts);
  const loaded = loadAccounts(String(settings.ACCOUNTS_FILE), { secrets: ['client'] });
  expect(loaded.all.map(({ id, limits }) => [id, limits.tenant])).toEqual(accounts.map(({ id }) => [id, limit]));
  rmSync(folder, { recursive: true });
});
