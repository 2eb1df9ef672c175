import { TOPICS } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import type { TopicEnd } from '../backlog/topic-end.ts';
import type { BenchSystem } from '../bench-system.ts';

const QUIET_MS = 600;
const SETTLED_WITHIN_MS = 90_000;

/** Waits until nothing is written to the timeline any more. */
export async function settled(system: BenchSystem, end: TopicEnd): Promise<void> {
  const topic = system.context.namespace + TOPICS.conversationTimeline.name;
  let known = -1;
  let since = performance.now();
  const isQuiet = async (): Promise<boolean> => {
    const written = await end.of(topic);
    if (written !== known) since = performance.now();
    known = written;
    return performance.now() - since > QUIET_MS;
  };
  await waitFor(isQuiet, { timeoutMs: SETTLED_WITHIN_MS, intervalMs: 100, description: 'the system is quiet again' });
}
