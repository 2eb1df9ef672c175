import { TOPICS, type SessionSnapshot, type TimelineEntry } from '@heliograph/contracts';
import { HOUR, START } from './fact-builders.ts';
import { RULES } from './fold-rules.ts';
import type { Fact } from '../src/fold/facts.ts';
import { fold, type FoldContext } from '../src/fold/fold.ts';
import type { Command } from '../src/fold/commands.ts';
import type { FoldRules } from '../src/fold/rules.ts';

export interface Run {
  state: SessionSnapshot | undefined;
  entries: TimelineEntry[];
  skipped: string[];
  commands: Command[];
}

const INBOUND = [
  'message.received',
  'message.status-reported',
  'provider-conversation.changed',
  'conversation.assigned',
  'contact.consent-reported',
];

export function topicOf({ type }: Fact): string {
  if (type === 'session.deadline-passed') return TOPICS.conversationDeadline.name;
  if (type === 'contact.erased') return TOPICS.conversationErasure.name;
  return (INBOUND.includes(type) ? TOPICS.conversationInbound : TOPICS.conversationOutbound).name;
}

export function contextOf(fact: Fact, offset: number, now = START + 160 * HOUR, rules: FoldRules = RULES): FoldContext {
  return { position: { topic: topicOf(fact), offset: String(offset) }, now, rules };
}

/** Folds facts for the specs, one offset after the other. State goes through JSON each time, as it does in Redis. */
export function foldAll(facts: readonly Fact[], now?: number): Run {
  const run: Run = { state: undefined, entries: [], skipped: [], commands: [] };
  for (const [index, fact] of facts.entries()) {
    const folded = fold(run.state, fact, contextOf(fact, index, now));
    if ('skipped' in folded) {
      run.skipped.push(folded.skipped);
      continue;
    }
    run.state = JSON.parse(JSON.stringify(folded.state)) as SessionSnapshot;
    run.entries.push(...folded.entries);
    run.commands.push(...folded.commands);
  }
  return run;
}
