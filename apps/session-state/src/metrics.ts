import { Counter, Histogram } from 'prom-client';
import { SESSION_STUCK } from './fold/entries.ts';
import type { Folded } from './fold/fold.ts';

/** Everything session-state counts by itself; lanes, publisher and HTTP count their own. */
export const metrics = {
  facts: new Counter({
    name: 'heliograph_sessions_facts_total',
    help: 'Facts by how their fold ended: folded, or the reason why they changed nothing',
    labelNames: ['type', 'result'] as const,
  }),
  entries: new Counter({
    name: 'heliograph_sessions_entries_total',
    help: 'Timeline entries numbered',
    labelNames: ['kind'] as const,
  }),
  stuck: new Counter({
    name: 'heliograph_sessions_stuck_total',
    help: 'Sessions found stuck past the deadline of their stage, by what is done about it',
    labelNames: ['stage', 'action'] as const,
  }),
  ignored: new Counter({
    name: 'heliograph_sessions_stage_events_ignored_total',
    help: 'Events that left stage and participants as they were: late, or impossible in that stage',
    labelNames: ['stage', 'event', 'reason'] as const,
  }),
  commands: new Counter({
    name: 'heliograph_sessions_commands_total',
    help: 'Commands given because of a fact',
    labelNames: ['type'] as const,
  }),
  unmatchedReplies: new Counter({
    name: 'heliograph_sessions_replies_unmatched_total',
    help: 'Replies with a payload for which nothing is configured',
  }),
  archived: new Counter({
    name: 'heliograph_sessions_archived_total',
    help: 'Sessions that ended and are archived',
  }),
  consent: new Counter({
    name: 'heliograph_consent_changes_total',
    help: 'Changes of consent that were asked for, by what became of them: effective, or why not',
    labelNames: ['change', 'source', 'result'] as const,
  }),
  deadlines: new Counter({
    name: 'heliograph_sessions_deadlines_passed_total',
    help: 'Deadlines that were found to have passed; what they led to, the fold says',
    labelNames: ['deadline'] as const,
  }),
  sweepFailures: new Counter({
    name: 'heliograph_sessions_sweep_failures_total',
    help: 'Looks for passed deadlines that failed; they are repeated',
  }),
  republished: new Counter({
    name: 'heliograph_sessions_republished_total',
    help: 'States whose events were published again, since nobody knew whether they had been',
  }),
  rebuildSeconds: new Histogram({
    name: 'heliograph_sessions_rebuild_seconds',
    help: 'Time to bring one partition back after Redis was lost, with the wait for publishes under way',
    buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800],
  }),
  rebuilt: new Counter({
    name: 'heliograph_sessions_rebuilt_total',
    help: 'Conversations brought back after Redis was lost: from their snapshot, or from entries behind it',
    labelNames: ['from'] as const,
  }),
};

/** Counts what a fact gave. */
export function countFolded(type: string, folded: Exclude<Folded, { skipped: string }>): void {
  metrics.facts.inc({ type, result: 'folded' });
  for (const { kind, fact } of folded.entries) {
    metrics.entries.inc({ kind });
    if (kind === SESSION_STUCK) metrics.stuck.inc({ stage: String(fact.stage), action: String(fact.action) });
  }
  for (const command of folded.commands) metrics.commands.inc({ type: command.type });
  if (folded.archives) metrics.archived.inc();
  if (folded.ignored) metrics.ignored.inc({ ...folded.ignored });
  if (folded.unmatchedReply) metrics.unmatchedReplies.inc();
}
