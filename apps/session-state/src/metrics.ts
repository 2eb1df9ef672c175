import { Counter, Histogram } from 'prom-client';

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
