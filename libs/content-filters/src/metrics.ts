import { Counter } from 'prom-client';

export const filterMetrics = {
  matches: new Counter({
    name: 'heliograph_content_filter_matches_total',
    help: 'Contents in which a filter found something, by what it does about it',
    labelNames: ['tenant', 'filter', 'action'] as const,
  }),
};
