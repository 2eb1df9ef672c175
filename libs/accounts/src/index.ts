export * from './account.ts';
export * from './accounts-error.ts';
export * from './accounts.ts';
export { loadAccounts } from './load-accounts.ts';
export type { SecretKind } from './read-secrets.ts';
