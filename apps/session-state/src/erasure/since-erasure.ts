import type { TimelineEntry } from '@heliograph/contracts';

/** The entries behind the one that tells of an erasure: what the timeline has before it is not to come back. */
export function sinceErasure(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return entries.slice(entries.findLastIndex(({ kind }) => kind === 'contact.erased') + 1);
}
