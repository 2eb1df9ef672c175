import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { phaseAt } from './phases.ts';
import { TimeZone } from './time-zone.ts';
import { DAYS, WeeklyHours, type HoursOfDays } from './weekly-hours.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Offsets of a quarter, half and three quarters, changes of half an hour and of two, at midnight, and none at all. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Havana',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Antarctica/Troll',
  'UTC',
];

const FROM = Date.UTC(2025, 0, 1);
const UNTIL = Date.UTC(2028, 0, 1);

/** What a clock on the wall shows, by other means than those under test: `mon 08:30`. */
const clocks = new Map(
  ZONES.map((zone) => {
    const options = { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    return [zone, new Intl.DateTimeFormat('en-GB', options)] as const;
  }),
);
function isAllowed(hours: readonly HoursOfDays[], zone: string, ms: number): boolean {
  const [day, time] = clocks.get(zone)!.format(ms).toLowerCase().replace(',', '').split(' ') as [string, string];
  return hours.some(
    ({ days = DAYS, from, to }) => (days as readonly string[]).includes(day) && from <= time && time < to,
  );
}

/** The days on which a zone's clocks are changed, by their beginning. */
function changesOf(name: string): number[] {
  const zone = TimeZone.of(name)!;
  const days = Array.from({ length: (UNTIL - FROM) / DAY }, (_, day) => FROM + day * DAY);
  return days.filter((day) => zone.offsetAt(day) !== zone.offsetAt(day + DAY));
}
const CHANGES = new Map(ZONES.map((zone) => [zone, changesOf(zone)]));

const time = fc
  .integer({ min: 0, max: 24 * 12 - 1 })
  .map((fives) => `${String(Math.floor(fives / 12)).padStart(2, '0')}:${String((fives % 12) * 5).padStart(2, '0')}`);
const someHours = fc.record(
  {
    days: fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1 }),
    from: time,
    to: fc.oneof(time, fc.constant('24:00')),
  },
  { requiredKeys: ['from', 'to'] },
);
const someRules = fc.array(
  someHours.map((hours) => (hours.from < hours.to ? hours : { ...hours, from: '00:00', to: '24:00' })),
  { minLength: 1, maxLength: 4 },
);
/** Mostly near a change of the clocks. */
const aMoment = fc.constantFrom(...ZONES).chain((zone) => {
  const days = CHANGES.get(zone)!;
  const near = fc.tuple(
    fc.constantFrom(...(days.length > 0 ? days : [FROM])),
    fc.integer({ min: -2 * DAY, max: 2 * DAY }),
  );
  const any = fc.integer({ min: FROM, max: UNTIL });
  return fc.tuple(
    fc.constant(zone),
    fc.oneof(
      near.map(([day, off]) => day + off),
      any,
    ),
  );
});

describe('quiet hours, in any zone, near any change of its clocks', () => {
  it('are as the clock on the wall shows them: until the very moment that is told, and not a millisecond longer', () => {
    const holds = fc.property(
      someRules,
      aMoment,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
      (rules, at, picks) => {
        const [name, now] = at;
        const hours = new WeeklyHours(rules);
        const phase = phaseAt(hours, TimeZone.of(name)!, now);
        expect(phase.isAllowed).toBe(isAllowed(rules, name, now));
        const long = phase.until - now;
        expect(long).toBeGreaterThan(0);
        for (const share of [...picks, 1]) {
          const inside = Math.min(phase.until - 1, now + Math.floor(long * share));
          expect([inside, isAllowed(rules, name, inside)]).toEqual([inside, phase.isAllowed]);
        }
        // What never changes is told for some weeks.
        if (long < 15 * DAY) expect(isAllowed(rules, name, phase.until)).toBe(!phase.isAllowed);
      },
    );
    fc.assert(holds, { numRuns: 1_000 });
  });

  it('end within a week and a day', () => {
    const holds = fc.property(someRules, aMoment, (rules, [name, now]) => {
      const phase = phaseAt(new WeeklyHours(rules), TimeZone.of(name)!, now);
      if (!phase.isAllowed) expect(phase.until - now).toBeLessThanOrEqual(8 * DAY);
    });
    fc.assert(holds, { numRuns: 300 });
  });
});
