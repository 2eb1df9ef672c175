import type { RequestRecord } from '../evidence/request-log.ts';
import type { LimitSettings } from '../settings/limit-settings.ts';
import { bucketsOf, type Bucket } from './buckets.ts';
import { PairLog } from './pair-log.ts';
import { SlidingLog, type Log, type Verdict } from './sliding-log.ts';

/** From so many pairs on, those that owe nothing are forgotten. */
const KEPT_PAIRS = 10_000;

/**
 * The limits of one account: a request is accepted when every bucket it counts against has room, and counts in all of them
 * then; a refused one counts in none.
 */
export class AccountLimiter {
  #limits: LimitSettings;
  readonly #logs = new Map<string, SlidingLog>();
  readonly #pairs = new Map<string, PairLog>();
  #pruneAt = KEPT_PAIRS;

  constructor(limits: LimitSettings) {
    this.#limits = limits;
  }

  /** Takes effect for the next arrival; what windows hold still counts, what pairs owe is forgiven. */
  set limits(limits: LimitSettings) {
    this.#limits = limits;
    this.#pairs.clear();
  }

  /** `remaining` is that of the tenant: the one figure that guide 000 (edge case 2) has a header for; `full`: what has no room. */
  arrive(record: RequestRecord): Verdict & { readonly tenantLeft: number; readonly full: readonly Bucket['limit'][] } {
    const buckets = [...bucketsOf(record)];
    const logs = buckets.map((bucket) => this.#logOf(bucket, record.at));
    const verdicts = logs.map((log) => log.judge(record.at));
    const [tenant] = verdicts;
    const left = tenant?.accepted ? tenant.remaining : 0;
    const waits = verdicts.flatMap((verdict) => (verdict.accepted ? [] : [verdict.retryAfterS]));
    if (waits.length > 0) {
      // What is refused by another bucket takes nothing from the tenant.
      const tenantLeft = tenant?.accepted ? left + 1 : 0;
      const full = buckets.filter((_, index) => !verdicts[index]?.accepted).map(({ limit }) => limit);
      return { accepted: false, retryAfterS: Math.max(...waits), tenantLeft, full };
    }
    for (const log of logs) log.note(record.at);
    return { accepted: true, remaining: left, tenantLeft: left, full: [] };
  }

  #logOf({ limit, name }: Bucket, now: number): Log {
    if (limit === 'pair') return this.#pairOf(name, now);
    const { requests, periodMs } = this.#limits[limit] ?? { requests: Infinity, periodMs: 60_000 };
    let log = this.#logs.get(name);
    if (!log) this.#logs.set(name, (log = new SlidingLog({ requests, periodMs })));
    if (log.limit.requests !== requests || log.limit.periodMs !== periodMs) log.limit = { requests, periodMs };
    return log;
  }

  #pairOf(name: string, now: number): Log {
    const { pair } = this.#limits;
    if (pair === null) return UNLIMITED;
    const known = this.#pairs.get(name);
    if (known) return known;
    if (this.#pairs.size >= this.#pruneAt) this.#forgetPaid(now);
    const log = new PairLog(pair);
    this.#pairs.set(name, log);
    return log;
  }

  #forgetPaid(now: number): void {
    for (const [name, log] of this.#pairs) if (log.paid(now)) this.#pairs.delete(name);
    this.#pruneAt = Math.max(KEPT_PAIRS, 2 * this.#pairs.size);
  }
}

const UNLIMITED = new SlidingLog({ requests: Infinity, periodMs: 60_000 });
