import type { SessionStage } from '@heliograph/contracts';

/** What can happen to a session, as far as its stage is concerned. */
export const STAGE_EVENTS = [
  'customer-wrote',
  /** It waits in a queue of the provider. */
  'queued',
  'bot-took',
  /** An agent was added and has not accepted yet. */
  'agent-alerted',
  /** An agent is in it, and nobody else has still to accept. */
  'agent-joined',
  /** The provider says that somebody, or a bot, is at work on it. */
  'active',
  /** Every agent of it has wrapped up. */
  'wrapped-up',
  'closed',
] as const;
export type StageEvent = (typeof STAGE_EVENTS)[number];

/**
 * The session as a state machine (guide 000, section 5): stage × event → stage. A session begins in `opened` and ends in
 * `closed`. What is not listed cannot happen there: it is late, or wrong, and changes nothing.
 */
const TABLE: Record<SessionStage, Partial<Record<StageEvent, SessionStage>>> = {
  opened: {
    'customer-wrote': 'opened',
    queued: 'queued',
    'bot-took': 'opened',
    'agent-alerted': 'alerting',
    'agent-joined': 'with-agent',
    active: 'opened',
    closed: 'closed',
  },
  queued: {
    'customer-wrote': 'queued',
    queued: 'queued',
    'bot-took': 'opened',
    'agent-alerted': 'alerting',
    'agent-joined': 'with-agent',
    active: 'with-agent',
    // The agent who gave it back to the queue is done.
    'wrapped-up': 'queued',
    closed: 'closed',
  },
  alerting: {
    'customer-wrote': 'alerting',
    queued: 'queued',
    'bot-took': 'opened',
    'agent-alerted': 'alerting',
    'agent-joined': 'with-agent',
    active: 'with-agent',
    'wrapped-up': 'wrap-up',
    closed: 'closed',
  },
  'with-agent': {
    'customer-wrote': 'with-agent',
    queued: 'queued',
    'bot-took': 'opened',
    'agent-alerted': 'alerting',
    'agent-joined': 'with-agent',
    active: 'with-agent',
    'wrapped-up': 'wrap-up',
    closed: 'closed',
  },
  'wrap-up': {
    // Guide 003: a wrap-up ends a portion; the session goes on when the customer writes.
    'customer-wrote': 'opened',
    queued: 'queued',
    'bot-took': 'opened',
    'agent-alerted': 'alerting',
    'agent-joined': 'with-agent',
    'wrapped-up': 'wrap-up',
    closed: 'closed',
  },
  closed: {},
};

/** @returns undefined when the event is impossible in that stage */
export function stageStep(stage: SessionStage, event: StageEvent): SessionStage | undefined {
  return TABLE[stage][event];
}
