import { validateSync } from 'class-validator';
import { describe, expect, it } from '@jest/globals';
import { rulesOf, SessionStateConfig } from './config.ts';

const HOUR = 60 * 60 * 1000;
const configOf = (over: Partial<SessionStateConfig>) =>
  Object.assign(
    new SessionStateConfig(),
    { kafkaBrokers: ['k:1'], redisUrl: 'redis://r', consentKey: 'k'.repeat(32) },
    over,
  );
const problemsOf = (over: Partial<SessionStateConfig>) => validateSync(configOf(over)).map(({ property }) => property);

describe('the grouping time (guide 003, conversation grouping)', () => {
  it('is 72 hours for every channel', () => {
    const { groupingMs } = rulesOf(configOf({}));
    expect([groupingMs('whatsapp'), groupingMs('line')]).toEqual([72 * HOUR, 72 * HOUR]);
  });

  it('can be set for all channels and for single ones', () => {
    const { groupingMs } = rulesOf(configOf({ groupingHours: ['48', 'sms=24', 'web=0.5'] }));
    expect(['whatsapp', 'sms', 'web'].map((channel) => groupingMs(channel as 'sms') / HOUR)).toEqual([48, 24, 0.5]);
    expect(rulesOf(configOf({ groupingHours: ['sms=24'] })).groupingMs('web')).toBe(72 * HOUR);
  });

  it.each(['0', 'fax=3', 'sms=', '-1', 'sms=x', '1h', '1.2.3'])('is refused as %s', (setting) => {
    expect(problemsOf({ groupingHours: [setting] })).toEqual(['groupingHours']);
  });

  it.each(['72', '0.01', '0.5', '8760', 'sms=1.5', 'apple=100'])('is accepted as %s', (setting) => {
    expect(problemsOf({ groupingHours: [setting] })).toEqual([]);
  });
});

describe('the deadlines of stages', () => {
  it('default to the grouping time where people talk, so that the same session goes on as long as it may', () => {
    const { deadlines } = rulesOf(configOf({ groupingHours: ['72', 'sms=24'] }));
    expect([deadlines.of('with-agent', 'whatsapp'), deadlines.of('opened', 'sms')]).toEqual([72 * HOUR, 24 * HOUR]);
    expect(deadlines.of('queued', 'sms')).toBe(24 * HOUR);
    expect([deadlines.of('alerting', 'sms'), deadlines.of('wrap-up', 'sms')]).toEqual([2 * 60_000, HOUR]);
  });

  it('are whole milliseconds', () => {
    expect(rulesOf(configOf({ deadlineAlertingMinutes: 0.0123456 })).deadlines.of('alerting', 'sms')).toBe(741);
  });
});
