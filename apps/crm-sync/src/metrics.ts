import { Counter, Histogram } from 'prom-client';

/** Everything crm-sync counts beyond its consumer. */
export const metrics = {
  writes: new Counter({
    name: 'heliograph_crm_writes_total',
    help: 'Requests to the CRM by what they write and how they ended',
    labelNames: ['kind', 'outcome'] as const,
  }),
  changes: new Counter({
    name: 'heliograph_crm_changes_read_total',
    help: 'Marks of do-not-contact read from the CRM: given as changes of consent, our own, or of no readable contact',
    labelNames: ['result'] as const,
  }),
  changeFailures: new Counter({
    name: 'heliograph_crm_change_failures_total',
    help: 'Looks for marks in the CRM that failed; they are repeated',
  }),
  writeSeconds: new Histogram({
    name: 'heliograph_crm_write_seconds',
    help: 'From the start of a request to the CRM to its answer',
    labelNames: ['kind'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  }),
  delaySeconds: new Histogram({
    name: 'heliograph_crm_delay_seconds',
    help: 'From the moment of a fact, as its source knows it, to the moment when the CRM has it',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400],
  }),
};
