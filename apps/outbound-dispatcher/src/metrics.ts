import { Counter, Gauge } from 'prom-client';

/** What is read of each account when metrics are scraped; the accounts of this process are here while it runs. */
interface WaitingAccount {
  readonly account: { readonly id: string };
  readonly budget: { readonly waiting: number };
}
export const sendingAccounts = new Set<WaitingAccount>();

export const dispatcherMetrics = {
  calls: new Counter({
    name: 'heliograph_dispatcher_calls_total',
    help: 'Requests to providers by outcome: ok, refused, throttled, not-sent, unknown',
    labelNames: ['account', 'outcome'],
  }),
  pauses: new Counter({
    name: 'heliograph_dispatcher_pauses_total',
    help: 'Times this replica stopped an account, on every replica, until the moment its provider named',
    labelNames: ['account'],
  }),
  outcomes: new Counter({
    name: 'heliograph_dispatcher_outcomes_total',
    help: 'Commands by what became of them: sent, failed, unresolved; repeated says whether it may have been sent twice',
    labelNames: ['account', 'outcome', 'repeated'],
  }),
  waiting: new Gauge({
    name: 'heliograph_dispatcher_waiting_for_budget',
    help: 'Requests that wait for a grant of their account, on this replica',
    labelNames: ['account'],
    collect() {
      this.reset();
      for (const { account, budget } of sendingAccounts) this.set({ account: account.id }, budget.waiting);
    },
  }),
  lateAnswers: new Counter({
    name: 'heliograph_dispatcher_late_answers_total',
    help: 'Answers whose attempt the ledger no longer held in flight: Redis was lost, or another attempt had begun',
  }),
};
