import type { RequestCounters, RequestLog, RequestRecord } from './request-log.ts';

export interface AcceptedMessage {
  readonly messageId: string;
  readonly at: number;
  readonly text: string | undefined;
}

export interface AccountSummary extends RequestCounters {
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

/** Most arrivals in any half-open window of the period; `arrivals` ascending. */
export function maxInWindow(arrivals: readonly number[], periodMs: number): number {
  let most = 0;
  let first = 0;
  arrivals.forEach((arrival, last) => {
    while (arrival - (arrivals[first] as number) >= periodMs) first++;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

/** Counts over the whole retained log; `periodMs` says which window to look through for an account. */
export function summarise(log: RequestLog, periodMs: (account: string) => number): Record<string, AccountSummary> {
  const perAccount = new Map<string, RequestRecord[]>(log.accounts().map((account) => [account, []]));
  for (const record of log.records()) perAccount.get(record.account)?.push(record);
  const summaries = [...perAccount].map(([account, records]) => {
    return [account, summariseAccount(records, log.counters(account), periodMs(account))] as const;
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
