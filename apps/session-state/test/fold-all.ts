import { TOPICS, type SessionSnapshot, type TimelineEntry } from '@heliograph/contracts';
import { HOUR, START } from './fact-builders.ts';
import type { Fact } from '../src/fold/facts.ts';
import { fold, type FoldContext } from '../src/fold/fold.ts';

export interface Run {
  state: SessionSnapshot | undefined;
  entries: TimelineEntry[];
  skipped: string[];
}

const topicOf = (fact: Fact): string =>
  ['message.sent', 'message.failed', 'message.unresolved', 'provider-conversation.opened'].includes(fact.type)
    ? TOPICS.conversationOutbound.name
    : TOPICS.conversationInbound.name;

export function contextOf(fact: Fact, offset: number, now = START + 160 * HOUR): FoldContext {
  return { position: { topic: topicOf(fact), offset: String(offset) }, now, groupingMs: 72 * HOUR };
}

/** Folds facts for the specs, one offset after the other. State goes through JSON each time, as it does in Redis. */
export function foldAll(facts: readonly Fact[], now?: number): Run {
  const run: Run = { state: undefined, entries: [], skipped: [] };
  for (const [index, fact] of facts.entries()) {
    const folded = fold(run.state, fact, contextOf(fact, index, now));
    if ('skipped' in folded) {
      run.skipped.push(folded.skipped);
      continue;
    }
    run.state = JSON.parse(JSON.stringify(folded.state)) as SessionSnapshot;
    run.entries.push(...folded.entries);
  }
  return run;
}
