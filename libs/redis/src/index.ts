export { RedisClient } from './client/redis-client.ts';
export type { HeldFence, RedisOptions } from './client/redis-client.ts';
export { PartitionGathering } from './client/gathering.ts';
export { script } from './client/script.ts';
export type { Script } from './client/script.ts';
export { checkRedisSettings } from './client/settings-check.ts';
export { accountFreshnessKey, budgetEpochKey, budgetKey, fenceKey, freshnessKey, partitionKey } from './keys.ts';
export { FencedGate, FenceRefused, isFenceInForce } from './fence/fenced-gate.ts';
export type { FencedGateOptions } from './fence/fenced-gate.ts';
export { AccountFreshness } from './freshness/account-freshness.ts';
export type { AccountMarks } from './freshness/account-freshness.ts';
export { FreshnessStore, STOP_PATH, STOPS_FOLDED, TEMPLATE_PATH } from './freshness/freshness-store.ts';
export type { FreshnessReading, FreshnessStage } from './freshness/freshness-store.ts';
export type { RedisMoment } from './freshness/freshness-mark.ts';
export { ClaimStore } from './claim/claim-store.ts';
export type { Claimed, ClaimRequest, ClaimStoreOptions, FinishedClaim } from './claim/claim-store.ts';
export { Lease } from './lease/lease.ts';
export { LeaseStore } from './lease/lease-store.ts';
export { LeasedRounds } from './lease/leased-rounds.ts';
export type { LeasedRoundsOptions, RoundEnd } from './lease/leased-rounds.ts';
export { LedgerStore } from './ledger/ledger-store.ts';
export type { BeginOptions, LedgerStoreOptions, RefuseOptions } from './ledger/ledger-store.ts';
export type * from './ledger/send-state.ts';
export { ClientRefusals } from './refusals/client-refusals.ts';
// Budgets. `new Budget(new BudgetStore(redis, scope))`, one per scope and process: the scope is the tenant, so that its accounts
// share buckets within one hash tag; bucket names carry what tells them apart (`client:<id>`, `number:<number>`).
// `take({ buckets, priority }, { signal })` gives a Grant whose `deadline` must be checked just before the first byte.
// A pair (`borrow: 45`, limit 1 per 6,000 ms) is 45 at once, then one per 6.1 s.
export { GRANT_MS } from './budget/bucket.ts';
export type { Bucket } from './budget/bucket.ts';
export { BudgetStore } from './budget/budget-store.ts';
export { Budget } from './budget/budget.ts';
export type { BudgetOptions } from './budget/budget.ts';
export type * from './budget/demand.ts';
export type { Clock } from './budget/clock.ts';
