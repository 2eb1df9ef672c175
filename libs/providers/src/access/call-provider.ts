import type { AccountBuckets, LimitBucket } from '@heliograph/accounts';
import { Unavailable } from '@heliograph/runtime';
import type { CallGrant, CallOptions, CallResult } from '../call-result.ts';
import type { ClientSwitch, OAuthClient } from '../failover/client-switch.ts';
import type { RetryMoment } from '../limits.ts';
import type { ProviderClient } from '../provider-client.ts';
import { TokenUnavailable } from '../token-source.ts';

/** One of an account's OAuth clients, with everything that can be asked of the provider under it. */
export interface AccessClient extends OAuthClient {
  readonly client: ProviderClient;
}

/** What every request takes from. `Budget` of @heliograph/redis is one. */
export interface CallBudget {
  take(
    demand: { readonly buckets: readonly LimitBucket[]; readonly priority: 'transactional' },
    options?: { readonly signal?: AbortSignal },
  ): Promise<CallGrant>;
  pauseFor(ms: number, bucket: LimitBucket): Promise<void>;
  slowDown(bucket: LimitBucket): Promise<void>;
}

/** What an account's requests go through. */
export interface CallPath {
  readonly clients: ClientSwitch<AccessClient>;
  readonly buckets: AccountBuckets;
  readonly budget: CallBudget;
}

export interface CallLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Moment of performance.now() from which it may no longer begin, whatever its grant says. */
  readonly notAfter?: () => number;
  /** What it takes from, by the client that makes it; every request's buckets when absent. */
  readonly buckets?: (clientId: string) => readonly LimitBucket[];
}

/** Tries of a call whose grant ran out while the connection was opened, or whose token was not accepted. */
const TRIES = 5;
const AGAIN = new Set(['send-by-passed', 'unauthorized', 'no-token']);

/**
 * One call that sends no message: with a token, under a grant of tenant and client, again where it certainly had no effect.
 * A throttling stops every replica. For what waits in lanes (messages) the dispatcher has a way of its own.
 *
 * @throws the signal's reason, when it comes
 */
export async function callProvider<T>(
  path: CallPath,
  make: (client: ProviderClient, options: CallOptions) => Promise<CallResult<T>>,
  { timeoutMs, signal, notAfter = () => Infinity, buckets = (id) => path.buckets.request(id) }: CallLimits,
): Promise<CallResult<T>> {
  for (let attempt = 1; ; attempt++) {
    const begun = await leave(path, buckets, signal);
    if ('outcome' in begun) return begun;
    const { grant } = begun;
    const sendBy = Math.min(grant.deadline, notAfter());
    grant.use();
    const result = await make(begun.client, { sendBy, timeoutMs, signal });
    // Every replica and every other service stop, too. Without Redis nobody gets a grant anyway.
    if (result.outcome === 'throttled' && result.of === undefined)
      await stop(path, path.buckets.tenant, result).catch(() => undefined);
    signal.throwIfAborted();
    const again = result.outcome === 'not-sent' && AGAIN.has(result.code) && performance.now() < notAfter();
    if (!again || attempt === TRIES) return result;
  }
}

type Failure = Exclude<CallResult<never>, { outcome: 'ok' }>;

/** A token, then a grant. */
async function leave(
  { clients, budget }: CallPath,
  bucketsOf: (clientId: string) => readonly LimitBucket[],
  signal: AbortSignal,
): Promise<{ readonly client: ProviderClient; readonly grant: CallGrant } | Failure> {
  try {
    await orAborted(clients.prepare(), signal);
    const { id, client } = clients.use();
    const grant = await budget.take({ buckets: bucketsOf(id), priority: 'transactional' }, { signal });
    return { client, grant };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Unavailable)) throw error;
    const reason = error.message;
    const retryAt = error instanceof TokenUnavailable ? error.retryAt : undefined;
    if (retryAt !== undefined) return { outcome: 'throttled', retryAt, named: true, reason };
    return { outcome: 'not-sent', code: 'no-token', reason };
  }
}

/**
 * A bucket is throttled: whoever takes from it stops, until the moment or for a back-off.
 *
 * @throws Unavailable when only this process knows
 */
export function stop(
  { budget }: { readonly budget: CallBudget },
  bucket: LimitBucket,
  { retryAt, named }: RetryMoment,
): Promise<void> {
  return named ? budget.pauseFor(Math.max(0, retryAt - Date.now()), bucket) : budget.slowDown(bucket);
}

/** Waits for `work` unless the signal comes first; the work itself goes on, its later failure is not reported. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
