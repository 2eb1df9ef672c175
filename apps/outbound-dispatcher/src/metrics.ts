import { Counter } from 'prom-client';

export const dispatcherMetrics = {
  calls: new Counter({
    name: 'heliograph_dispatcher_calls_total',
    help: 'Requests to providers by outcome: ok, refused, throttled, not-sent, unknown',
    labelNames: ['account', 'outcome'],
  }),
  throttled: new Counter({
    name: 'heliograph_dispatcher_throttled_total',
    help: 'Answers that told us to slow down; each pauses the account on every replica',
    labelNames: ['account'],
  }),
  outcomes: new Counter({
    name: 'heliograph_dispatcher_outcomes_total',
    help: 'Commands by what became of them: sent, failed, unresolved; repeated says whether it may have been sent twice',
    labelNames: ['account', 'outcome', 'repeated'],
  }),
  lateAnswers: new Counter({
    name: 'heliograph_dispatcher_late_answers_total',
    help: 'Answers whose attempt the ledger no longer held in flight',
  }),
};
