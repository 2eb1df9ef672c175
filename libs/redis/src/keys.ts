/**
 * Names of keys, without the namespace (the client puts it in front). All keys of one script share a hash tag: `{p<n>}` for
 * what belongs to a partition, `{b:<scope>}` for budgets.
 */
export const partitionKey = (partition: number, kind: string, id: string): string => `{p${partition}}:${kind}:${id}`;

/** The fence of a partition for a consumer group. */
export const fenceKey = (partition: number, group: string): string => partitionKey(partition, 'fence', group);

/** As of when what a consumer group has published of a partition, on the path to somebody, is complete. */
export const freshnessKey = (partition: number, group: string, path: string): string =>
  partitionKey(partition, 'fresh', `${group}:${path}`);

/** A bucket of a budget scope (a tenant). */
export const budgetKey = (scope: string, bucket: string): string => `{b:${scope}}:${bucket}`;

/** Since when Redis remembers the pairs of a budget scope. */
export const budgetEpochKey = (scope: string): string => `{b:${scope}}`;

/** The right to do one kind of work for one account; see LeaseStore. */
export const leaseKey = (scope: string, account: string): string => `{${scope}:${account}}:lease`;

/** As of when what that work has published of an account is complete. */
export const accountFreshnessKey = (scope: string, account: string): string => `{${scope}:${account}}:fresh`;

/** When any replica last ended a complete round of that work. */
export const roundKey = (scope: string, account: string): string => `{${scope}:${account}}:done-at`;

/** Set while a provider refuses an OAuth client of an account; see ClientRefusals. */
export const clientRefusedKey = (account: string, client: string): string => `{account:${account}}:refused:${client}`;
