import type { CampaignProgress } from '@heliograph/contracts';
import { Counter, Gauge } from 'prom-client';

/** What a table of campaigns tells the gauges when they are scraped. */
export interface CampaignReport {
  /** Campaigns that are not finished, by tenant and state. */
  counts(): Iterable<{ tenant: string; state: string; count: number }>;
}

/** How far the campaigns are that a process looks after. */
export interface ProgressReport {
  progress(): Iterable<{ tenant: string; campaign: string; progress: CampaignProgress }>;
}

/** Tickers of this process; a service has one of them. */
export const progressReporting = new Set<ProgressReport>();

/** What a recipient may be counted as; `delivered` and `read` are among `sent`, replies and opt-outs come on top. */
const STANDINGS = [
  ...(['waiting', 'underWay', 'sent', 'delivered', 'read', 'failed', 'suppressed', 'unresolved'] as const),
  ...(['replies', 'optOuts'] as const),
];

/** The tables of this process; a service has one of them. */
export const reporting = new Set<CampaignReport>();

/** Everything campaign-runner counts. */
export const metrics = {
  orders: new Counter({
    name: 'heliograph_campaign_orders_total',
    help: 'What was asked of campaigns, by what became of it: folded, or why it changed nothing',
    labelNames: ['order', 'result'] as const,
  }),
  changes: new Counter({
    name: 'heliograph_campaign_changes_total',
    help: 'Changes of where a campaign stands, by the new state',
    labelNames: ['tenant', 'state'] as const,
  }),
  halts: new Counter({
    name: 'heliograph_campaign_halts_total',
    help: 'Campaigns that were halted because something they need is missing, by the first reason: an alert',
    labelNames: ['tenant', 'code'] as const,
  }),
  given: new Counter({
    name: 'heliograph_campaign_messages_given_total',
    help: 'Recipients and held messages that were given to the dispatcher, or ended without it, by why',
    labelNames: ['tenant', 'result'] as const,
  }),
  unreadable: new Counter({
    name: 'heliograph_campaign_recipients_unreadable_total',
    help: 'Records of recipients that are none, and were passed over: an alert',
  }),
  ended: new Counter({
    name: 'heliograph_campaign_messages_ended_total',
    help: 'Messages of campaigns that ended, by how',
    labelNames: ['tenant', 'standing'] as const,
  }),
  recipients: new Gauge({
    name: 'heliograph_campaign_recipients',
    help: 'Recipients of campaigns that are not finished, by how they stand; said by the replica that looks after the campaign',
    labelNames: ['tenant', 'campaign', 'standing'] as const,
    collect() {
      this.reset();
      for (const report of progressReporting)
        for (const { tenant, campaign, progress } of report.progress())
          for (const standing of STANDINGS) this.set({ tenant, campaign, standing }, progress[standing]);
    },
  }),
  campaigns: new Gauge({
    name: 'heliograph_campaign_campaigns',
    help: 'Campaigns that are not finished, by state; every replica says the same',
    labelNames: ['tenant', 'state'] as const,
    collect() {
      this.reset();
      for (const report of reporting)
        for (const { tenant, state, count } of report.counts()) this.set({ tenant, state }, count);
    },
  }),
};
