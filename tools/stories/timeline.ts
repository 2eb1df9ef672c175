import { TOPICS, type TimelineEntry } from '@heliograph/contracts';
import { followTopic, type Following } from '@heliograph/testing';
import type { Stack } from '../stack/stack-file.ts';

/**
 * Reads the timeline as another team would: one consumer group, and per conversation whatever does not come after the last
 * sequence seen is a repeat.
 */
export function readTimeline(
  stack: Stack,
  group: string,
  onEntry: (entry: TimelineEntry) => void | Promise<void>,
): Promise<Following> {
  const lastSeen = new Map<string, number>();
  return followTopic({
    brokers: stack.kafka.brokers,
    topic: `${stack.namespace}${TOPICS.conversationTimeline.name}`,
    group,
    onRecord: async ({ json }) => {
      const entry = json as TimelineEntry;
      if (entry.sequence <= (lastSeen.get(entry.conversationId) ?? 0)) return;
      await onEntry(entry);
      lastSeen.set(entry.conversationId, entry.sequence);
    },
  });
}
