import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryMoment } from './retry-after.ts';

const now = Date.parse('2026-03-04T09:00:00Z');
const later = 'Wed, 04 Mar 2026 09:00:30 GMT';
const DAY = 86_400_000;

describe('Retry-After', () => {
  it.each<[string, string | undefined, string | undefined, waitMs: number, named: boolean]>([
    ['seconds', '7', undefined, 7_000, true],
    ['zero seconds', '0', undefined, 0, true],
    ['part of a second', '0.5', undefined, 500, true],
    ['white space around it', ' 3 ', undefined, 3_000, true],
    ['a date', later, undefined, 30_000, true],
    ['a date of a clock that is an hour ahead', later, 'Wed, 04 Mar 2026 09:00:20 GMT', 10_000, true],
    ['a date in the past', 'Wed, 04 Mar 2026 08:59:00 GMT', undefined, 0, true],
    ['more than a day', '999999999999', undefined, DAY, true],
    ['more than a number holds', '9'.repeat(400), undefined, DAY, true],
    ['nothing', undefined, undefined, 2_000, false],
    ['an empty text', '', undefined, 2_000, false],
    ['a negative number', '-5', undefined, 2_000, false],
    ['words', 'soon', undefined, 2_000, false],
    ['an impossible date', 'Wed, 99 Mar 2026 09:00:30 GMT', undefined, 2_000, false],
  ])('as %s', (_title, header, date, waitMs, named) => {
    expect(retryMoment(header, date, now)).toEqual({ retryAt: now + waitMs, named });
  });

  it('always gives a moment between now and a day from now', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (header, date) => {
        const { retryAt } = retryMoment(header, date, now);
        return retryAt >= now && retryAt <= now + DAY;
      }),
    );
  });
});
