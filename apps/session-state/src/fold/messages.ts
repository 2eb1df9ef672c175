import {
  statusStep,
  type EarlyReceipt,
  type MessageProgress,
  type SessionSnapshot,
  type StatusStep,
} from '@heliograph/contracts';

/** How long a message's progress and an early receipt are kept after their last change: 7 days. */
export const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
/** Bounds of one conversation's state: a few hundred bytes each, so that a snapshot stays far below a record's limit. */
export const MAX_MESSAGES = 200;
export const MAX_EARLY_RECEIPTS = 100;
const MAX_REASON_CHARACTERS = 500;

type Lists = Pick<SessionSnapshot, 'messages' | 'earlyReceipts'>;

/** Drops what is older than 7 days, then the oldest beyond the bounds. */
export function pruned(lists: Lists, now: number): Lists {
  const kept = (item: { at: string }): boolean => now - Date.parse(item.at) < KEPT_MS;
  return {
    messages: lists.messages.filter(kept).slice(-MAX_MESSAGES),
    earlyReceipts: lists.earlyReceipts.filter(kept).slice(-MAX_EARLY_RECEIPTS),
  };
}

export type Report = Pick<MessageProgress, 'status' | 'at' | 'reason'>;

/** Moves a message to a reported status if that is a step forward. An overturned failure stays visible in the reason. */
export function advanced(message: MessageProgress, report: Report): { message: MessageProgress; step: StatusStep } {
  const step = statusStep(message.status, report.status);
  if (step === 'stale') return { message, step };
  const reason =
    step === 'overturned' ? `reported failed before: ${message.reason ?? 'no reason given'}` : report.reason;
  return {
    message: { ...message, status: report.status, at: report.at, reason: reason?.slice(0, MAX_REASON_CHARACTERS) },
    step,
  };
}

/** The list with `changed` in the place of the message of the same id, or at its end. */
export function withMessage(messages: readonly MessageProgress[], changed: MessageProgress): MessageProgress[] {
  const place = messages.findIndex((message) => message.messageId === changed.messageId);
  return place < 0 ? [...messages, changed] : messages.with(place, changed);
}

/** The list with one more early receipt; undefined when it is kept already. */
export function withEarlyReceipt(kept: readonly EarlyReceipt[], receipt: EarlyReceipt): EarlyReceipt[] | undefined {
  const { providerMessageId, status, reason } = receipt;
  if (kept.some((early) => early.providerMessageId === providerMessageId && early.status === status)) return undefined;
  return [...kept, { ...receipt, reason: reason?.slice(0, MAX_REASON_CHARACTERS) }];
}
