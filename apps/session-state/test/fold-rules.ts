import { KEYWORD_WORDS, Subjects } from '@heliograph/consent';
import { ConsentRules } from '../src/fold/consent/consent-rules.ts';
import type { FoldRules } from '../src/fold/rules.ts';
import { ReplyRoutes } from '../src/fold/reply/reply-routes.ts';
import { HOUR } from './fact-builders.ts';

const MINUTE = HOUR / 60;

export const CONSENT_KEY = 'a key of thirty-two bytes or more';
export const SUBJECTS = new Subjects(CONSENT_KEY);

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
  consent: new ConsentRules(SUBJECTS, [
    {
      tenant: 'acme',
      words: KEYWORD_WORDS,
      replies: [
        { language: 'en', texts: { 'opt-out': 'No more messages.', 'opt-in': 'Welcome back.', help: 'Call us.' } },
        { language: 'de', texts: { 'opt-out': 'Keine Nachrichten mehr.' } },
        { language: 'en', channels: ['sms'], texts: { help: 'Reply STOP to end.' } },
      ],
    },
  ]),
};
