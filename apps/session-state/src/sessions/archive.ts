import {
  factId,
  partiesOf,
  type ConversationArchived,
  type SessionSnapshot,
  type TimelineEntry,
} from '@heliograph/contracts';
import type { SessionEntry } from '@heliograph/conversations';
import type { EndedSession } from '../fold/session-life.ts';

/** Leaves room for the record's other fields and headers below the largest record that is published. */
export const MAX_ARCHIVE_BYTES = 790_000;

/** One archive per session, however often it is published. */
export const archiveId = (conversationId: string, session: number): string =>
  factId(JSON.stringify([conversationId, 'archive', session]));

/**
 * A session in one record, from its opening to its closing entry. When one record cannot hold it, the oldest entries are left
 * out and counted; they are on the timeline.
 *
 * @param kept what is kept of the session's entries, oldest first
 */
export function archiveOf(
  state: SessionSnapshot,
  { session, openedAt, closedAt, firstSequence }: EndedSession,
  kept: readonly SessionEntry[],
  maxBytes = MAX_ARCHIVE_BYTES,
): ConversationArchived {
  const parties = partiesOf(state);
  const entries: TimelineEntry[] = [];
  let left = maxBytes;
  for (const entry of kept.toReversed()) {
    const whole = { ...parties, ...entry };
    left -= Buffer.byteLength(JSON.stringify(whole)) + 1;
    if (left < 0) break;
    entries.push(whole);
  }
  entries.reverse();
  const omitted = (entries[0]?.sequence ?? 0) - (firstSequence ?? kept[0]?.sequence ?? 0);
  return { ...parties, session, openedAt, closedAt, entries, omitted: Math.max(0, omitted) };
}
