import { describe, expect, it } from '@jest/globals';
import { CHANNELS } from '@heliograph/contracts';
import type { Bound } from './capabilities.ts';
import { capabilitiesOf } from './table.ts';

/** Every object of the table that holds a number. */
function bounds(value: unknown): Bound[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'max' in value ? [value as Bound] : [];
  return [...own, ...Object.values(value).flatMap(bounds)];
}

describe('the capability table (guide 003, "Supported Messaging Channels")', () => {
  it.each(CHANNELS)('says for every number of %s where it is from', (channel) => {
    const all = bounds(capabilitiesOf(channel));
    expect(all).not.toHaveLength(0);
    for (const { max, source } of all) {
      expect(max).toBeGreaterThan(0);
      expect(source.length).toBeGreaterThan(10);
    }
  });

  it('marks what no guide says as assumed: the texts of e-mail, X, LINE and open messaging', () => {
    const assumed = CHANNELS.filter((channel) => capabilitiesOf(channel).text.assumed);
    expect(assumed).toEqual(['email', 'x', 'line', 'open']);
  });

  it('allows no more than the contract carries, so that what fits is valid', () => {
    for (const channel of CHANNELS) {
      const { text, quickReply, card, media } = capabilitiesOf(channel);
      if (text.unit === 'characters') expect(text.max).toBeLessThanOrEqual(4000);
      for (const bound of [quickReply?.choices, card?.actions]) expect(bound?.max ?? 0).toBeLessThanOrEqual(20);
      for (const one of Object.values(media)) expect(one.caption?.max ?? 0).toBeLessThanOrEqual(1024);
    }
  });
});
