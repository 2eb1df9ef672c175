import { SESSION_STAGES, type SessionStage } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { stageStep, STAGE_EVENTS } from './stage-table.ts';

/** The whole machine: a row per stage, a column per event, `·` where the event is impossible. */
const COLUMNS = [
  'customer-wrote',
  'queued',
  'bot-took',
  'agent-alerted',
  'agent-joined',
  'active',
  'wrapped-up',
  'closed',
];
const ROWS: Record<SessionStage, string> = {
  opened: 'opened queued opened alerting with-agent opened · closed',
  queued: 'queued queued opened alerting with-agent with-agent queued closed',
  alerting: 'alerting queued opened alerting with-agent with-agent wrap-up closed',
  'with-agent': 'with-agent queued opened alerting with-agent with-agent wrap-up closed',
  'wrap-up': 'opened queued opened alerting with-agent · wrap-up closed',
  closed: '· · · · · · · ·',
};

describe('the stages of a session (guide 000, section 5)', () => {
  it('are all in this table, with every event', () => {
    expect(COLUMNS).toEqual(STAGE_EVENTS);
    expect(Object.keys(ROWS)).toEqual(SESSION_STAGES);
  });

  it.each(SESSION_STAGES.flatMap((stage) => STAGE_EVENTS.map((event, index) => [stage, event, index] as const)))(
    '%s × %s',
    (stage, event, index) => {
      expect(stageStep(stage, event) ?? '·').toBe(ROWS[stage].split(' ')[index]);
    },
  );

  it('lead to closed from everywhere, so that no session has to stay', () => {
    for (const stage of SESSION_STAGES.slice(0, -1)) expect(stageStep(stage, 'closed')).toBe('closed');
  });
});
