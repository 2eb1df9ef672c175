import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { smsSegments } from './segments.ts';

/** 3GPP TS 23.038 by code points, written apart from the table under test: septets, or undefined outside the alphabet. */
function septets(character: string): number | undefined {
  const code = character.codePointAt(0)!;
  const isAscii = (code >= 0x20 && code <= 0x7e && !'[\\]^_`{|}~'.includes(character)) || '\n\r_'.includes(character);
  const greek = '\u0394\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e';
  const latin = '\u00a1\u00a3\u00a4\u00a5\u00a7\u00bf\u00c4\u00c5\u00c6\u00c7\u00c9\u00d1\u00d6\u00d8\u00dc\u00df';
  const small = '\u00e0\u00e4\u00e5\u00e6\u00e8\u00e9\u00ec\u00f1\u00f2\u00f6\u00f8\u00f9\u00fc';
  if (isAscii || greek.includes(character) || latin.includes(character) || small.includes(character)) return 1;
  return '\f^{}\\[~]|\u20ac'.includes(character) ? 2 : undefined;
}

/** Fills segments one character at a time, as a phone's composer does. */
function slowly(text: string): { encoding: string; segments: number; units: number } {
  const characters = Array.from(text);
  const costs = characters.map(septets);
  const isGsm = !costs.includes(undefined);
  const units = isGsm ? costs.map((cost) => cost!) : characters.map((character) => character.length);
  const total = units.reduce((sum, one) => sum + one, 0);
  const encoding = isGsm ? 'GSM-7' : 'UCS-2';
  if (total <= (isGsm ? 160 : 70)) return { encoding, segments: 1, units: total };
  const segments: number[][] = [[]];
  for (const unit of units) {
    const open = segments.at(-1)!;
    if (open.reduce((sum, one) => sum + one, 0) + unit > (isGsm ? 153 : 67)) segments.push([unit]);
    else open.push(unit);
  }
  return { encoding, segments: segments.length, units: total };
}

describe('SMS segments (guide 003, "Character Limits by Channel": 160/765)', () => {
  it.each([
    ['nothing', '', 'GSM-7', 0, 1],
    ['160 characters of the basic alphabet', 'x'.repeat(160), 'GSM-7', 160, 1],
    ['161 of them', 'x'.repeat(161), 'GSM-7', 161, 2],
    ['765 of them', 'ä'.repeat(765), 'GSM-7', 765, 5],
    ['766 of them', 'x'.repeat(766), 'GSM-7', 766, 6],
    ['80 escaped characters', '€'.repeat(80), 'GSM-7', 160, 1],
    ['an escaped character at the end of a segment', 'x'.repeat(152) + '€' + 'x'.repeat(152), 'GSM-7', 306, 3],
    ['70 units with one character outside the alphabet', 'ő' + 'x'.repeat(69), 'UCS-2', 70, 1],
    ['71 units', 'ő' + 'x'.repeat(70), 'UCS-2', 71, 2],
    ['335 units', 'ж'.repeat(335), 'UCS-2', 335, 5],
    ['336 units', 'ж'.repeat(336), 'UCS-2', 336, 6],
    ['35 emoji', '😀'.repeat(35), 'UCS-2', 70, 1],
    ['a pair at the end of a segment', 'ж'.repeat(66) + '😀' + 'ж'.repeat(66), 'UCS-2', 134, 3],
    ['half a pair', '\ud83d', 'UCS-2', 1, 1],
  ] as const)('of %s are counted', (_, text, encoding, units, segments) => {
    expect(smsSegments(text)).toEqual({ encoding, units, segments });
  });

  it('are those that an independent slow count gives, for any text', () => {
    const texts = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'aZ ä€[~\n@Ω_'), maxLength: 900 }),
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 400 }),
    );
    fc.assert(
      fc.property(texts, (text) => expect(smsSegments(text)).toEqual(slowly(text))),
      { numRuns: 500 },
    );
  });

  it('count every character of the basic multilingual plane as the slow count does', () => {
    for (let code = 0; code < 0x10000; code++) {
      const character = String.fromCharCode(code);
      const counted = smsSegments(character);
      const { encoding, units } = slowly(character);
      if (counted.encoding !== encoding || counted.units !== units) throw new Error(`U+${code.toString(16)}`);
    }
  });
});
