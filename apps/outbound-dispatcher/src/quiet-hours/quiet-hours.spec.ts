import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel, SendMessage } from '@heliograph/contracts';
import { SettingsFileError } from '@heliograph/runtime';
import { afterAll, describe, expect, it } from '@jest/globals';
import { getCountries } from 'libphonenumber-js/min';
import { smsCommand } from '../../test/commands.ts';
import { COUNTRY_ZONES } from './country-zones.ts';
import { QuietHours } from './quiet-hours.ts';
import { QuietHoursGate } from './quiet-hours-gate.ts';
import { TimeZone } from './time-zone.ts';

const folder = mkdtempSync(join(tmpdir(), 'heliograph-quiet-hours-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(...tenants: object[]): QuietHours {
  const path = join(folder, 'quiet-hours.json');
  writeFileSync(path, JSON.stringify({ tenants }));
  return QuietHours.read(path, ['acme', 'globex']);
}
function problemsOf(...tenants: object[]): string[] {
  try {
    read(...tenants);
  } catch (error) {
    if (error instanceof SettingsFileError) return error.problems.map(({ field, reason }) => `${field} ${reason}`);
    throw error;
  }
  return [];
}

const DAYTIME = [{ from: '08:00', to: '20:00' }];
const acme = (over: object = {}) => ({
  ...{ tenant: 'acme', timeZone: 'Pacific/Auckland', rules: [{ allowed: DAYTIME }] },
  ...over,
});
const to = (contact: string, rest: Partial<SendMessage> = {}): SendMessage => ({
  ...smsCommand('account-1', { class: 'campaign' }),
  ...{ contact, ...rest },
});
/** 08:00 in Berlin, 07:00 in London, 12:45 in Kathmandu, 19:00 in Auckland, 02:00 in New York. */
const NOW = Date.parse('2026-06-01T06:00:00Z');
const ends = (hours: QuietHours, message: SendMessage, now = NOW) => {
  const until = hours.quietUntil(message, now);
  return until === undefined ? undefined : new Date(until).toISOString();
};

describe('whose hours count', () => {
  const hours = read(acme());
  it.each([
    [
      'the time zone that the message names',
      to('+4915112345678', { timeZone: 'America/New_York' }),
      '2026-06-01T12:00:00.000Z',
    ],
    ['the country of the number, by SMS', to('+447400123456'), '2026-06-01T07:00:00.000Z'],
    ['the country of the number, on WhatsApp', to('447400123456', { channel: 'whatsapp' }), '2026-06-01T07:00:00.000Z'],
    [
      'that of the number, where the message names none that exists',
      to('+447400123456', { timeZone: 'Mars/Phobos' }),
      '2026-06-01T07:00:00.000Z',
    ],
  ])('%s', (_, message, until) => {
    expect(ends(hours, message)).toBe(until);
  });

  it('the tenant’s where nothing better is known: several zones, no number, no country', () => {
    const midnight = Date.parse('2026-05-31T12:00:00Z');
    for (const message of [
      to('+12125550123'),
      to('+61491570156'),
      to('visitor-1', { channel: 'web' as Channel }),
      to('US.1234', { channel: 'whatsapp' }),
    ]) {
      expect(ends(hours, message)).toBeUndefined();
      expect(ends(hours, message, midnight)).toBe('2026-05-31T20:00:00.000Z');
    }
  });

  it('what the tenant says of a country goes before what is known of it', () => {
    const said = read(acme({ countries: { US: 'America/Chicago', GB: 'Europe/Berlin' } }));
    expect(ends(said, to('+12125550123'))).toBe('2026-06-01T13:00:00.000Z');
    expect(ends(said, to('+447400123456'))).toBeUndefined();
  });

  it('every country that is known has a time zone', () => {
    for (const [country, zone] of Object.entries(COUNTRY_ZONES)) {
      expect([country, getCountries()]).toEqual([country, expect.arrayContaining([country])]);
      expect([zone, TimeZone.of(zone)?.name]).toEqual([zone, zone]);
    }
  });
});

describe('which hours count', () => {
  const hours = read(
    acme({
      rules: [
        { classes: ['campaign'], channels: ['sms'], allowed: [{ days: ['tue'], from: '09:00', to: '10:00' }] },
        { classes: ['campaign'], allowed: DAYTIME },
      ],
    }),
  );

  it('are those of the first rule that is about class and channel', () => {
    const zone = { timeZone: 'Europe/Berlin' };
    expect(ends(hours, to('+4915112345678', zone))).toBe('2026-06-02T07:00:00.000Z');
    expect(ends(hours, to('4915112345678', { ...zone, channel: 'whatsapp' }))).toBeUndefined();
  });

  it('are none for what no rule is about, for tenants without rules, and without a file', () => {
    expect(ends(hours, to('+447400123456', { class: 'transactional' }))).toBeUndefined();
    expect(ends(hours, to('+447400123456', { tenant: 'globex' }))).toBeUndefined();
    expect(ends(QuietHours.read(undefined, []), to('+447400123456'))).toBeUndefined();
  });

  it('stay the same however often they are asked for, and follow a clock that goes back', () => {
    const message = to('+447400123456', { channel: 'whatsapp', timeZone: 'Europe/London' });
    const asked = [0, 1, 2, -1, 0].map((hour) => ends(hours, message, NOW + hour * 3_600_000));
    expect(asked).toEqual([
      ...['2026-06-01T07:00:00.000Z', undefined, undefined],
      ...['2026-06-01T07:00:00.000Z', '2026-06-01T07:00:00.000Z'],
    ]);
  });
});

describe('the file of quiet hours', () => {
  it('is refused with all of its problems at once', () => {
    const wrong = acme({
      timeZone: 'Berlin',
      countries: { XX: 'UTC', DE: 'Nowhere' },
      rules: [{ allowed: [{ from: '20:00', to: '08:00' }] }],
    });
    expect(problemsOf(wrong, acme({ tenant: 'acme' }), acme({ tenant: 'initech' }))).toEqual([
      'tenants[0].timeZone is no time zone, like Europe/Berlin',
      'tenants[0].countries.XX is no ISO 3166 country code',
      'tenants[0].countries.DE is no time zone, like Europe/Berlin',
      'tenants[0].rules[0].allowed[0].to must be after from; hours over midnight are two entries',
      'tenants[1].tenant is that of tenants[0], too',
      'tenants[2].tenant is no tenant of the accounts file',
    ]);
  });

  it('is refused for fields that are no hours, days, classes or channels', () => {
    const rules = [{ classes: ['bulk'], channels: ['fax'], allowed: [{ days: ['monday'], from: '8', to: '24:01' }] }];
    const problems = problemsOf(acme({ rules })).map((problem) => problem.split(' ')[0]);
    const allowed = 'tenants[0].rules[0].allowed[0]';
    expect(problems).toEqual(
      expect.arrayContaining([
        ...[`${allowed}.from`, `${allowed}.to`].map((field) => expect.stringContaining(field)),
        ...['classes', 'channels', 'days'].map((field) => expect.stringContaining(field)),
      ]),
    );
    expect(problemsOf(acme({ rules: [] }))).not.toEqual([]);
  });
});

describe('a message in quiet hours', () => {
  const gate = new QuietHoursGate({ quietUntil: () => NOW }, () => NOW);

  it('is held until they are over', async () => {
    expect(await gate.first(to('+447400123456'))).toEqual({
      ...{ kind: 'held', cause: 'quiet-hours', resumeAt: '2026-06-01T06:00:00.000Z' },
    });
  });

  it('goes when it is the answer to a keyword, and when it has expired: to fail', async () => {
    expect(await gate.now(to('+447400123456', { consentReply: 'opt-out' }))).toBeUndefined();
    expect(await gate.now(to('+447400123456', { expiresAt: '2020-01-01T00:00:00.000Z' }))).toBeUndefined();
  });
});
