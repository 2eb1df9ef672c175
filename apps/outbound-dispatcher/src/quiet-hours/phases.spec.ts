import { describe, expect, it } from '@jest/globals';
import { phaseAt } from './phases.ts';
import { TimeZone } from './time-zone.ts';
import { WeeklyHours } from './weekly-hours.ts';

const until = (zone: string, from: string, to: string, now: string): [boolean, string] => {
  const phase = phaseAt(new WeeklyHours([{ from, to }]), TimeZone.of(zone)!, Date.parse(now));
  return [phase.isAllowed, new Date(phase.until).toISOString()];
};

describe('when the clocks are changed', () => {
  it.each([
    [
      'a night is an hour shorter',
      'Europe/Berlin',
      '08:00',
      '20:00',
      '2026-03-28T21:00:00Z',
      '2026-03-29T06:00:00.000Z',
    ],
    ['and an hour longer', 'Europe/Berlin', '08:00', '20:00', '2026-10-24T20:00:00Z', '2026-10-25T07:00:00.000Z'],
    [
      'what begins in an hour that is left out begins behind it',
      'Europe/Berlin',
      '02:30',
      '20:00',
      '2026-03-28T22:00:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'what begins in an hour that comes twice begins with the first',
      'Europe/Berlin',
      '02:30',
      '20:00',
      '2026-10-24T22:00:00Z',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'half an hour is half an hour',
      'Australia/Lord_Howe',
      '08:00',
      '20:00',
      '2026-10-03T10:00:00Z',
      '2026-10-03T21:00:00.000Z',
    ],
    ['a day may begin at one', 'America/Havana', '00:30', '20:00', '2026-03-08T01:30:00Z', '2026-03-08T05:00:00.000Z'],
    ['offsets may be quarters', 'Asia/Kathmandu', '08:00', '20:00', '2026-05-01T15:00:00Z', '2026-05-02T02:15:00.000Z'],
  ])('%s', (_, zone, from, to, now, opens) => {
    expect(until(zone, from, to, now)).toEqual([false, opens]);
  });

  it('an hour that comes twice is allowed twice', () => {
    expect(until('Europe/Berlin', '01:00', '02:30', '2026-10-25T00:00:00Z')).toEqual([
      true,
      '2026-10-25T00:30:00.000Z',
    ]);
    expect(until('Europe/Berlin', '01:00', '02:30', '2026-10-25T00:45:00Z')).toEqual([
      false,
      '2026-10-25T01:00:00.000Z',
    ]);
    expect(until('Europe/Berlin', '01:00', '02:30', '2026-10-25T01:00:00Z')).toEqual([
      true,
      '2026-10-25T01:30:00.000Z',
    ]);
  });
});

describe('hours of days', () => {
  const hours = new WeeklyHours([
    { days: ['sat', 'sun'], from: '10:00', to: '24:00' },
    { days: ['mon'], from: '00:00', to: '02:00' },
    { days: ['mon'], from: '01:00', to: '03:00' },
  ]);
  const at = (now: string) => phaseAt(hours, TimeZone.of('UTC')!, Date.parse(now));

  it('that touch or lie over each other are one, also over the end of the week', () => {
    expect(at('2026-11-22T12:00:00Z')).toMatchObject({ isAllowed: true, until: Date.parse('2026-11-23T03:00:00Z') });
    expect(at('2026-11-23T03:00:00Z')).toMatchObject({ isAllowed: false, until: Date.parse('2026-11-28T10:00:00Z') });
    expect(at('2026-11-28T23:59:00Z')).toMatchObject({ isAllowed: true, until: Date.parse('2026-11-29T00:00:00Z') });
  });

  it('may be all there are', () => {
    const all = phaseAt(new WeeklyHours([{ from: '00:00', to: '24:00' }]), TimeZone.of('UTC')!, 0);
    expect(all.isAllowed).toBe(true);
    expect(all.until).toBeGreaterThan(8 * 86_400_000);
  });
});
