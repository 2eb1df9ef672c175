import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalAddress, CHANNELS } from './channels.ts';

describe('canonicalAddress', () => {
  it.each([
    ['whatsapp', '15550001234', '15550001234'],
    ['whatsapp', '+15550001234', '15550001234'],
    ['whatsapp', 'whatsapp:+15550001234', '15550001234'],
    ['whatsapp', 'WhatsApp:+1 (555) 000-1234', '15550001234'],
    ['sms', '15550001234', '+15550001234'],
    ['sms', 'sms:+1555.000.1234', '+15550001234'],
    ['sms', '+491701234567', '+491701234567'],
    ['sms', '1234567', '+1234567'],
    ['sms', '+123456789012345', '+123456789012345'],
  ] as const)('of %s reads %s as %s', (channel, raw, canonical) => {
    expect(canonicalAddress(channel, raw)).toBe(canonical);
  });

  it.each([
    ['nothing', ''],
    ['a name', 'support'],
    ['too few digits', '+123456'],
    ['more digits than E.164 has', '+1234567890123456'],
    ['a leading zero', '0170123456'],
    ['letters among the digits', '+1555000123x'],
    ['two plus signs', '++15550001234'],
    ['a mail address', 'a@example.com'],
    ['digits of another script', '+１５５５０００１２３４'],
    ['a line break in it', '+15550001234\n+15550009999'],
  ])('is undefined for %s', (_title, raw) => {
    for (const channel of ['whatsapp', 'sms'] as const) expect(canonicalAddress(channel, raw)).toBeUndefined();
  });

  it.each([
    ['facebook', '2711039485', '2711039485'],
    ['facebook', 'facebook:2711039485', '2711039485'],
    ['open', 'room:42/Ünï', 'room:42/Ünï'],
    ['web', 'web:3f2b', '3f2b'],
    ['apple', 'urn:mbid:AQAAY', 'urn:mbid:AQAAY'],
  ] as const)('of %s keeps the id of %s letter by letter', (channel, raw, canonical) => {
    expect(canonicalAddress(channel, raw)).toBe(canonical);
  });

  it.each([
    ['nothing', ''],
    ['the channel alone', 'open:'],
    ['the channel twice', 'open:open:42'],
    ['a blank in it', 'a b'],
    ['a control character', 'a\u0007b'],
    ['half a character', 'a\ud800'],
    ['more than 128 characters', 'x'.repeat(129)],
  ])('of a channel with opaque ids is undefined for %s', (_title, raw) => {
    expect(canonicalAddress('open', raw)).toBeUndefined();
  });

  it('leaves a canonical address as it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CHANNELS), fc.stringMatching(/^\+?[1-9][0-9 ().-]{6,20}$/), (channel, raw) => {
        const once = canonicalAddress(channel, raw);
        if (once !== undefined) expect(canonicalAddress(channel, once)).toBe(once);
      }),
    );
  });
});
