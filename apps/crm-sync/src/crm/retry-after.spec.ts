import { describe, expect, it } from '@jest/globals';
import { retryMoment } from './retry-after.ts';

const NOW = Date.parse('2026-03-02T09:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['seconds', '30', NOW + 30_000],
    ['zero', '0', NOW],
    ['an HTTP date', 'Mon, 02 Mar 2026 09:00:20 GMT', NOW + 20_000],
    ['a date that is over', 'Mon, 02 Mar 2026 08:00:00 GMT', NOW],
    ['an absurd number, as an hour', '99999999', NOW + 3_600_000],
    ['nothing', undefined, undefined],
    ['an empty text', '', undefined],
    ['a negative number', '-5', undefined],
    ['nonsense', 'soon', undefined],
  ])('reads %s', (_, header, moment) => expect(retryMoment(header, NOW)).toBe(moment));
});
