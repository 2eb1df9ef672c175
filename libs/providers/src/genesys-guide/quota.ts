import type { Exchange } from '../http/attempt.ts';
import type { LimitListener, Quota } from '../limits.ts';
import { headerOf } from './answers.ts';

/** Passes on what an answer says of limits, whatever else it says. */
export function tellQuotas(exchange: Exchange, limits: LimitListener | undefined): void {
  if (exchange.kind !== 'answer' || !limits?.quota) return;
  for (const quota of quotasOf(exchange)) limits.quota(quota);
}

/**
 * `X-RateLimit-Remaining` (guide 000, edge case 2: named beside the limit of the tenant; no moment goes with it), and
 * `inin-ratelimit-allowed`, `-count` and `-reset` in seconds, which Genesys Cloud's public API sends with every answer for the
 * client whose token was used.
 */
export function quotasOf(answer: Extract<Exchange, { kind: 'answer' }>): Quota[] {
  const number = (name: string): number | undefined => {
    const value = headerOf(answer, name)?.trim() ?? '';
    return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  const remaining = number('x-ratelimit-remaining');
  const allowed = number('inin-ratelimit-allowed');
  const count = number('inin-ratelimit-count');
  const reset = number('inin-ratelimit-reset');
  const quotas: Quota[] = remaining === undefined ? [] : [{ of: 'tenant', remaining }];
  if (allowed !== undefined && count !== undefined) {
    const left = Math.max(0, allowed - count);
    quotas.push({ of: 'client', remaining: left, ...(reset !== undefined && { resetMs: reset * 1_000 }) });
  }
  return quotas;
}
