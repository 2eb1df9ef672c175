import { Counter, Gauge } from 'prom-client';
import type { BudgetSnapshot } from '@heliograph/redis';

/** What is read of each account when metrics are scraped; the accounts of this process are here while it runs. */
interface ReportedAccount {
  readonly account: { readonly id: string; readonly tenant: string };
  readonly budget: { readonly waiting: number; snapshot(): BudgetSnapshot };
  readonly clients: {
    readonly state: 'closed' | 'open' | 'half-open';
    readonly primary: { readonly id: string };
    readonly secondary: { readonly id: string } | undefined;
  };
  readonly buckets: { client(id: string): { readonly name: string } };
  readonly slots: { readonly used: number; readonly waiting: number };
}
export const sendingAccounts = new Set<ReportedAccount>();

/** What is known of the senders' numbers; a process has one of them. */
export const senderChecks = new Set<{ readonly states: ReadonlyMap<string, string> }>();
const SENDER_STATES = ['pending', 'ok', 'untold', 'mismatch'];

/** One budget per tenant, whichever of its accounts is asked. */
function budgets(): Map<string, BudgetSnapshot> {
  const found = new Map<string, BudgetSnapshot>();
  for (const { account, budget } of sendingAccounts) {
    if (!found.has(account.tenant)) found.set(account.tenant, budget.snapshot());
  }
  return found;
}

type BucketFigure = 'factor' | 'pausedMs' | 'level';

/** The scarcest bucket of each kind says what a tenant waits for; names of buckets hold numbers, so they are no labels. */
function scarcest(gauge: Gauge, figure: BucketFigure, worse: (a: number, b: number) => number, unit = 1): void {
  gauge.reset();
  for (const [tenant, { buckets }] of budgets()) {
    const byKind = new Map<string, number>();
    for (const bucket of buckets) {
      const kind = bucket.name.split(':', 1)[0]!;
      const value = bucket[figure] / unit;
      byKind.set(kind, worse(byKind.get(kind) ?? value, value));
    }
    for (const [bucket, value] of byKind) gauge.set({ tenant, bucket }, value);
  }
}

/** What each OAuth client's own bucket says, as far as it was used here. */
function perClient(gauge: Gauge, figure: BucketFigure, unit = 1): void {
  gauge.reset();
  for (const { account, budget, buckets, clients } of sendingAccounts) {
    const known = new Map(budget.snapshot().buckets.map((bucket) => [bucket.name, bucket]));
    for (const client of ['primary', 'secondary'] as const) {
      const id = clients[client]?.id;
      const bucket = id === undefined ? undefined : known.get(buckets.client(id).name);
      if (bucket) gauge.set({ account: account.id, client }, bucket[figure] / unit);
    }
  }
}

const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What tells how old the facts of templates are, by account; each adds itself while it runs. */
export const templateFreshness = new Set<{ ages(): Iterable<readonly [account: string, seconds: number]> }>();

/** What tells how old the knowledge of opt-outs is; each adds itself while it runs. */
export const stopFreshness = new Set<{ readonly oldestSeconds: number }>();

export const dispatcherMetrics = {
  calls: new Counter({
    name: 'heliograph_dispatcher_calls_total',
    help: 'Requests to providers by outcome: ok, refused, throttled, not-sent, unknown',
    labelNames: ['account', 'outcome'],
  }),
  sends: new Counter({
    name: 'heliograph_dispatcher_sends_total',
    help: 'Requests that send a message, by sender and the place of the number in its pool',
    labelNames: ['account', 'sender', 'number'],
  }),
  pauses: new Counter({
    name: 'heliograph_dispatcher_pauses_total',
    help: 'Times this replica was throttled and stopped every replica, until the named moment or for a back-off',
    labelNames: ['account'],
  }),
  contactChecks: new Counter({
    name: 'heliograph_dispatcher_contact_checks_total',
    help: 'Contacts looked up and validated before a structured message, by outcome: found, closed, refused',
    labelNames: ['account', 'outcome'],
  }),
  outcomes: new Counter({
    name: 'heliograph_dispatcher_outcomes_total',
    help: 'Commands by what became of them: sent, failed, suppressed, diverted, unresolved; repeated says whether it may have been sent twice',
    labelNames: ['account', 'outcome', 'repeated'],
  }),
  resolutions: new Counter({
    name: 'heliograph_dispatcher_resolutions_total',
    help: 'Messages with an attempt of unknown outcome, by how it was resolved: look-up, receipt, resend, report',
    labelNames: ['account', 'by'],
  }),
  commands: new Counter({
    name: 'heliograph_dispatcher_commands_total',
    help: 'Commands about conversations by type and what became of them: done, failed, unresolved',
    labelNames: ['account', 'command', 'outcome'],
  }),
  held: new Counter({
    name: 'heliograph_dispatcher_held_total',
    help: 'Messages that left the order of their conversation for a while, by cause: window-closed, quiet-hours, campaign',
    labelNames: ['account', 'cause'],
  }),
  routingLooks: new Counter({
    name: 'heliograph_dispatcher_routing_looks_total',
    help: 'Look-ups of queues, skills and users by outcome: read, refused',
    labelNames: ['account', 'kind', 'outcome'],
  }),
  routingRefreshes: new Counter({
    name: 'heliograph_dispatcher_routing_refreshes_total',
    help: 'Times that a 403 or 404 made everything an operation is routed by be looked up anew',
    labelNames: ['account'],
  }),
  clientMoves: new Counter({
    name: 'heliograph_dispatcher_client_moves_total',
    help: 'Moves to another OAuth client of the account: primary, secondary',
    labelNames: ['account', 'to'],
  }),
  clientState: new Gauge({
    name: 'heliograph_dispatcher_client_breaker_state',
    help: 'Breaker in front of the primary OAuth client: 0 closed, 1 half-open, 2 open (the secondary is used)',
    labelNames: ['account'],
    collect() {
      this.reset();
      for (const { account, clients } of sendingAccounts) this.set({ account: account.id }, BREAKER[clients.state]);
    },
  }),
  clientRemaining: new Gauge({
    name: 'heliograph_dispatcher_client_budget_remaining',
    help: 'How many requests each OAuth client of the account could make at once, as this replica last heard',
    labelNames: ['account', 'client'],
    collect() {
      perClient(this, 'level');
    },
  }),
  clientPaused: new Gauge({
    name: 'heliograph_dispatcher_client_paused_seconds',
    help: 'For how long each OAuth client of the account is left alone because it was throttled',
    labelNames: ['account', 'client'],
    collect() {
      perClient(this, 'pausedMs', 1_000);
    },
  }),
  tokens: new Counter({
    name: 'heliograph_dispatcher_token_requests_total',
    help: 'Token requests by how they ended: token, throttled, unavailable, refused, over-broad; turned-away was not asked for',
    labelNames: ['account', 'client', 'result'],
  }),
  templateAge: new Gauge({
    name: 'heliograph_dispatcher_template_facts_age_seconds',
    help: 'Seconds since the moment as of which the facts of the templates are complete; above 0.9 they are looked up',
    labelNames: ['account'],
    collect() {
      this.reset();
      for (const report of templateFreshness) {
        for (const [account, seconds] of report.ages()) this.set({ account }, seconds);
      }
    },
  }),
  templateLookUps: new Counter({
    name: 'heliograph_dispatcher_template_look_ups_total',
    help: 'Look-ups of a template at the provider because its facts were not current: told, throttled, failed, not-asked',
    labelNames: ['account', 'outcome'],
  }),
  templateHolds: new Counter({
    name: 'heliograph_dispatcher_template_holds_total',
    help: 'Times a send had to wait because the facts of its template were not current',
    labelNames: ['account'],
  }),
  stopAge: new Gauge({
    name: 'heliograph_dispatcher_opt_out_age_seconds',
    help: 'Seconds since the moment as of which every opt-out is known; above 0.9 messages of campaigns wait',
    collect() {
      for (const { oldestSeconds } of stopFreshness) this.set(oldestSeconds);
    },
  }),
  senderCheck: new Gauge({
    name: 'heliograph_dispatcher_sender_check',
    help: "Whether the senders' numbers are the provider's, 1 for: pending, ok, untold, mismatch",
    labelNames: ['account', 'state'],
    collect() {
      this.reset();
      for (const [account, state] of [...senderChecks].flatMap(({ states }) => [...states])) {
        for (const name of SENDER_STATES) this.set({ account, state: name }, name === state ? 1 : 0);
      }
    },
  }),
  connections: new Gauge({
    name: 'heliograph_dispatcher_connections',
    help: 'Connections to the provider: used, and waited for',
    labelNames: ['account', 'state'],
    collect() {
      this.reset();
      for (const { account, slots } of sendingAccounts) {
        this.set({ account: account.id, state: 'used' }, slots.used);
        this.set({ account: account.id, state: 'waited-for' }, slots.waiting);
      }
    },
  }),
  waiting: new Gauge({
    name: 'heliograph_dispatcher_waiting_for_budget',
    help: 'Requests that wait for a grant of their tenant, on this replica',
    labelNames: ['tenant', 'priority'],
    collect() {
      this.reset();
      for (const [tenant, { waiting }] of budgets()) {
        for (const [priority, count] of Object.entries(waiting)) this.set({ tenant, priority }, count);
      }
    },
  }),
  pairsAsleep: new Gauge({
    name: 'heliograph_dispatcher_budget_pairs_asleep',
    help: 'Pairs of number and contact that wait for their own limit, on this replica',
    labelNames: ['tenant'],
    collect() {
      this.reset();
      for (const [tenant, { pairsAsleep }] of budgets()) this.set({ tenant }, pairsAsleep);
    },
  }),
  throttled: new Gauge({
    name: 'heliograph_dispatcher_budget_throttled',
    help: 'How often this replica heard of being throttled since its start, by kind of bucket',
    labelNames: ['tenant', 'bucket'],
    collect() {
      this.reset();
      for (const [tenant, { throttled }] of budgets()) {
        for (const [bucket, count] of Object.entries(throttled)) this.set({ tenant, bucket }, count);
      }
    },
  }),
  factor: new Gauge({
    name: 'heliograph_dispatcher_budget_factor',
    help: 'Share of its full pace that the slowest bucket of a kind is granted at, after throttling: 1/16 to 1',
    labelNames: ['tenant', 'bucket'],
    collect() {
      scarcest(this, 'factor', Math.min);
    },
  }),
  paused: new Gauge({
    name: 'heliograph_dispatcher_budget_paused_seconds',
    help: 'For how long the longest paused bucket of a kind is paused',
    labelNames: ['tenant', 'bucket'],
    collect() {
      scarcest(this, 'pausedMs', Math.max, 1_000);
    },
  }),
  remaining: new Gauge({
    name: 'heliograph_dispatcher_budget_remaining',
    help: 'How many requests the emptiest bucket of a kind could grant at once, as this replica last heard',
    labelNames: ['tenant', 'bucket'],
    collect() {
      scarcest(this, 'level', Math.min);
    },
  }),
  lateAnswers: new Counter({
    name: 'heliograph_dispatcher_late_answers_total',
    help: 'Answers whose attempt the ledger no longer held in flight: Redis was lost, or another attempt had begun',
  }),
};
