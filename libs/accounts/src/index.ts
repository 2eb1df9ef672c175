export * from './account.ts';
export * from './account-buckets.ts';
export type * from './account-limits.ts';
export * from './accounts-error.ts';
export * from './accounts.ts';
export * from './registrations.ts';
export { isOverBroadScope } from './scopes.ts';
export { loadAccounts } from './load-accounts.ts';
export type { SecretKind } from './read-secrets.ts';
