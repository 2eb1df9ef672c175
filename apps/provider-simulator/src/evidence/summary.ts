import type { LimitSettings } from '../settings/limit-settings.ts';
import { summariseBuckets, type BucketSummaries } from './bucket-summary.ts';
import type { RequestCounters, RequestLog, RequestRecord } from './request-log.ts';
import { maxInWindow } from './windows.ts';

export interface AcceptedMessage {
  readonly messageId: string;
  readonly at: number;
  readonly text: string | undefined;
}

export interface AccountSummary extends RequestCounters, Partial<BucketSummaries> {
  /** Answers with 429, from the limiter and from faults. */
  throttled: number;
  periodMs: number;
  /** Most arrivals of whatever kind and outcome in any window [t, t + periodMs). */
  maxInWindow: number;
  /** The same over those the limiter let through. */
  maxAdmittedInWindow: number;
  /** Accepted messages per provider conversation, in order of arrival. */
  conversations: Record<string, AcceptedMessage[]>;
}

/**
 * Counts over the whole retained log; `periodMs` says which window to look through for an account, `limits` by which limits
 * its buckets are counted.
 */
export function summarise(
  log: RequestLog,
  periodMs: (account: string) => number,
  limits: (account: string) => LimitSettings | undefined = () => undefined,
): Record<string, AccountSummary> {
  const perAccount = new Map<string, RequestRecord[]>(log.accounts().map((account) => [account, []]));
  for (const record of log.records()) perAccount.get(record.account)?.push(record);
  const summaries = [...perAccount].map(([account, records]) => {
    const counted = limits(account);
    const buckets = counted && summariseBuckets(records, counted);
    return [account, { ...summariseAccount(records, log.counters(account), periodMs(account)), ...buckets }] as const;
  });
  return Object.fromEntries(summaries);
}

function summariseAccount(records: RequestRecord[], counters: RequestCounters, periodMs: number): AccountSummary {
  const arrivals = records.map((record) => record.at);
  const admitted = records.filter((record) => !record.limited).map((record) => record.at);
  return {
    ...counters,
    throttled: counters.byStatus[429] ?? 0,
    periodMs,
    maxInWindow: maxInWindow(arrivals, periodMs),
    maxAdmittedInWindow: maxInWindow(admitted, periodMs),
    conversations: messagesByConversation(records),
  };
}

function messagesByConversation(records: RequestRecord[]): Record<string, AcceptedMessage[]> {
  const conversations: Record<string, AcceptedMessage[]> = {};
  for (const { accepted, messageId, conversationId, at, text } of records) {
    if (!accepted || messageId === undefined || conversationId === undefined) continue;
    (conversations[conversationId] ??= []).push({ messageId, at, text });
  }
  return conversations;
}
