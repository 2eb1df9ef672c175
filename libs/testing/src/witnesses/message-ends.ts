import type { TimelineEntry } from '@heliograph/contracts';
import { waitFor } from '../wait-for.ts';
import type { TimelineReader } from './timeline.ts';

export interface WaitingMessage {
  readonly messageId: string;
  /** What it says, of no other message. */
  readonly order: string;
}

/** What became of messages, each counted once. */
export interface MessageEnds {
  sent: number;
  fallback: number;
  sms: number;
  failed: number;
  /** Ids with no end, or with more than one, a refusal without its reason, and what nobody asked for: an opt-out. */
  unaccounted: string[];
}

const END_KINDS = ['message.sent', 'message.failed', 'message.unresolved', 'message.suppressed', 'message.diverted'];

/** Follows every message to its end, a diverted one to that of the message it became. @throws Error when they do not end */
export async function accountForMessages(
  timeline: TimelineReader,
  waiting: readonly WaitingMessage[],
  timeoutMs = 120_000,
): Promise<MessageEnds> {
  const look = (): { ends: MessageEnds; open: number } => {
    const ofMessage = Map.groupBy(
      END_KINDS.flatMap((kind) => timeline.ofKind(kind)),
      ({ fact }) => fact.messageId as string,
    );
    const ends: MessageEnds = { sent: 0, fallback: 0, sms: 0, failed: 0, unaccounted: [] };
    let open = 0;
    for (const { messageId } of waiting) {
      const end = endOf(ofMessage, messageId);
      if (end === undefined) open++;
      else if (end === 'unaccounted') ends.unaccounted.push(messageId);
      else ends[end]++;
    }
    return { ends, open };
  };
  await waitFor(() => look().open === 0, {
    timeoutMs,
    intervalMs: 250,
    description: 'every message has ended',
  });
  return look().ends;
}

function endOf(ofMessage: ReadonlyMap<string, TimelineEntry[]>, id: string): keyof MessageEnds | undefined {
  const [end, ...more] = ofMessage.get(id) ?? [];
  if (!end) return undefined;
  if (more.length > 0) return 'unaccounted';
  const { kind, fact } = end;
  if (kind === 'message.sent') return fact.changed === 'fallback' ? 'fallback' : 'sent';
  if (kind === 'message.failed') return fact.reason ? 'failed' : 'unaccounted';
  if (kind !== 'message.diverted') return 'unaccounted';
  const then = endOf(ofMessage, (fact.command as { messageId: string }).messageId);
  return then === 'sent' ? 'sms' : then;
}
