import { Counter, Gauge } from 'prom-client';

/** What a registry tells the gauges when they are scraped. */
export interface RegistryReport {
  /** One line per account and status. */
  statuses(): Iterable<{ account: string; status: string; count: number }>;
  accounts(): Iterable<{ account: string; staleSeconds: number; holdsLease: boolean }>;
}

/** The registries of this process; a service has one of them. */
export const reporting = new Set<RegistryReport>();

const reports = <T>(read: (report: RegistryReport) => Iterable<T>): T[] =>
  [...reporting].flatMap((report) => [...read(report)]);

/** Everything template-registry counts. */
export const metrics = {
  rounds: new Counter({
    name: 'heliograph_templates_rounds_total',
    help: 'Readings of an account by how they ended: ok, throttled, failed, or given up with the lease',
    labelNames: ['account', 'result'] as const,
  }),
  changes: new Counter({
    name: 'heliograph_templates_changes_total',
    help: 'Template states published, by the new status',
    labelNames: ['account', 'status'] as const,
  }),
  unreadable: new Counter({
    name: 'heliograph_templates_unreadable_total',
    help: 'What a reading could not make sense of: an entry, a status, or an entry that contradicts another one',
    labelNames: ['account', 'what'] as const,
  }),
  events: new Counter({
    name: 'heliograph_templates_events_total',
    help: 'What providers told of templates, by what became of it: applied, no-change, or doubtful (a reading was asked for)',
    labelNames: ['account', 'result'] as const,
  }),
  alerts: new Counter({
    name: 'heliograph_templates_alerts_total',
    help: 'Alerts by what they are about: withdrawn, restored, quality-fell, category-changed, refused',
    labelNames: ['account', 'what'] as const,
  }),
  submissions: new Counter({
    name: 'heliograph_templates_submissions_total',
    help: 'Creations asked of the provider, by how they ended',
    labelNames: ['account', 'result'] as const,
  }),
  applies: new Counter({
    name: 'heliograph_templates_applies_total',
    help: 'Directories of template files applied, by how that ended: changed, unchanged, refused, or conflict',
    labelNames: ['tenant', 'result'] as const,
  }),
  statuses: new Gauge({
    name: 'heliograph_templates',
    help: 'Templates on the topic by status',
    labelNames: ['account', 'status'] as const,
    collect() {
      this.reset();
      for (const { account, status, count } of reports((report) => report.statuses())) {
        this.set({ account, status }, count);
      }
    },
  }),
  staleness: new Gauge({
    name: 'heliograph_templates_stale_seconds',
    help: 'Seconds since the last complete reading by any replica; since the start when none is known',
    labelNames: ['account'] as const,
    collect() {
      for (const { account, staleSeconds } of reports((report) => report.accounts()))
        this.set({ account }, staleSeconds);
    },
  }),
  lease: new Gauge({
    name: 'heliograph_templates_lease_held',
    help: '1 while this replica is the one that reads the account',
    labelNames: ['account'] as const,
    collect() {
      for (const { account, holdsLease } of reports((report) => report.accounts()))
        this.set({ account }, holdsLease ? 1 : 0);
    },
  }),
};
