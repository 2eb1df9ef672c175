import type { FoldRules } from '../src/fold/rules.ts';
import { ReplyRoutes } from '../src/fold/reply/reply-routes.ts';
import { HOUR } from './fact-builders.ts';

const MINUTE = HOUR / 60;

/** Rules for the specs of this service: the service's defaults. */
export const RULES: FoldRules = {
  groupingMs: () => 72 * HOUR,
  deadlines: {
    of: (stage) =>
      ({
        opened: 72 * HOUR,
        queued: 24 * HOUR,
        alerting: 2 * MINUTE,
        'with-agent': 72 * HOUR,
        'wrap-up': HOUR,
      })[stage],
    closingMs: 10 * MINUTE,
    reasserts: 3,
    closings: 5,
    closeCode: 'stuck',
  },
  routes: new ReplyRoutes([
    { tenant: 'acme', payload: 'billing_inquiry', route: { action: 'billing', queueId: 'q-billing' } },
    { tenant: 'acme', prefix: 'agent:', route: { lastAgent: true } },
    { tenant: 'acme', payload: 'just_noted', route: { action: 'noted' } },
  ]),
};
