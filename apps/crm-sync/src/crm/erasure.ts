import type { TimelineEntry } from '@heliograph/contracts';
import type { Write } from './crm-client.ts';

/** That everything before an entry is to go: the activities of its conversation, and contacts that have no others. */
export function erasureOf({ factId, tenant, conversationId, sequence, at }: TimelineEntry): Write {
  return { kind: 'erasure', id: factId, fields: { tenant, conversationId, sequence, at }, hidden: [] };
}
