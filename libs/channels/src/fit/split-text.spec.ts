import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { smsSegments } from '../sms/segments.ts';
import { splitText } from './split-text.ts';

const upTo = (max: number) => (part: string) => part.length <= max;
const FAMILY = '👨‍👩‍👧‍👦';

describe('splitting a text (guide 003, "Character Limits by Channel")', () => {
  it('leaves a text that fits alone', () => {
    expect(splitText('hello', upTo(5))).toEqual(['hello']);
    expect(splitText('', upTo(5))).toEqual(['']);
  });

  it('prefers the end of a paragraph, then of a sentence, then of a word', () => {
    const paragraph = 'It left today. All of it.\n\nIt arrives on Monday, they say.';
    expect(splitText(paragraph, upTo(40))).toEqual([
      'It left today. All of it.\n\n',
      'It arrives on Monday, they say.',
    ]);
    expect(splitText('Your order left. It arrives Monday.', upTo(25))).toEqual([
      'Your order left. ',
      'It arrives Monday.',
    ]);
    expect(splitText('one two three four', upTo(12))).toEqual(['one two ', 'three four']);
  });

  it('does not cut far too early for the sake of a paragraph', () => {
    const [first] = splitText(`Hi.\n\n${'word '.repeat(30)}`, upTo(50))!;
    expect(first!.length).toBeGreaterThan(40);
  });

  it('cuts a word between graphemes when nothing else is left', () => {
    expect(splitText('x'.repeat(25), upTo(10))).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
    expect(splitText(FAMILY.repeat(3), upTo(2 * FAMILY.length + 5))).toEqual([FAMILY.repeat(2), FAMILY]);
    expect(splitText('🇩🇪🇫🇷🇯🇵', upTo(6))).toEqual(['🇩🇪', '🇫🇷', '🇯🇵']);
    expect(splitText('e\u0301'.repeat(4), upTo(5))).toEqual(['e\u0301e\u0301', 'e\u0301e\u0301']);
    expect(splitText('a\r\nb', upTo(2))).toEqual(['a', '\r\n', 'b']);
  });

  it('is not possible when one grapheme alone does not fit', () => {
    expect(splitText(`ab${FAMILY}`, upTo(FAMILY.length - 1))).toBeUndefined();
    expect(splitText(`a${'\u0301'.repeat(20)}`, upTo(10))).toBeUndefined();
  });

  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 600 }),
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc
      .array(
        fc.constantFrom(
          'word',
          ' ',
          '. ',
          '\n',
          '\n\n',
          '\r\n',
          FAMILY,
          'नमस्ते',
          'שלום',
          '你好。',
          'e\u0301',
          '🇩🇪',
          '€',
        ),
      )
      .map((words) => words.join('')),
  );

  it('loses no character and never cuts a grapheme, and every part fits, in the fewest steps forward', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 80 }), (whole, max) => {
        const segments = new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(whole);
        const longest = Math.max(0, ...Array.from(segments, ({ segment }) => segment.length));
        const parts = splitText(whole, upTo(max));
        if (longest > max) return expect(parts).toBeUndefined();
        expect(parts!.join('')).toBe(whole);
        let cut = 0;
        for (const part of parts!) {
          expect(part.length).toBeLessThanOrEqual(max);
          if (whole !== '') expect(part).not.toBe('');
          cut += part.length;
          if (cut < whole.length) expect(segments.containing(cut)!.index).toBe(cut);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('into SMS gives parts of at most 5 segments each, whatever is mixed', () => {
    const fits = (part: string) => smsSegments(part).segments <= 5;
    const mixed = fc
      .array(fc.constantFrom('GSM text only. ', '€€€', 'ж', FAMILY, 'end.\n\n'), { maxLength: 400 })
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(mixed, (whole) => {
        const parts = splitText(whole, fits)!;
        expect(parts.join('')).toBe(whole);
        expect(parts.every(fits)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
