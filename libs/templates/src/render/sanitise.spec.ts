import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAllowed, sanitise } from './sanitise.ts';

const RIGHT_TO_LEFT_OVERRIDE = '\u202e';

describe('a value is made fit to be sent (guide 001, section 3 and edge case 3)', () => {
  it.each([
    ['letters with marks become one character (NFC)', 'Zoe\u0308', 'Zo\u00eb', ['normalised']],
    ['a line break becomes a blank', 'a\nb\r\nc\u2028d', 'a b c d', ['white-space']],
    ['a tab becomes a blank', 'a\tb', 'a b', ['white-space']],
    ['four blanks become one', 'a    b', 'a b', ['white-space']],
    ['three blanks stay', 'a   b', 'a   b', []],
    ['line breaks between blanks make a run', 'a \n\n b', 'a b', ['white-space']],
    ['U+0000 is taken out', 'a\u0000b', 'ab', ['control-characters']],
    ['other control characters are', 'a\u001b\u007f\u009fb', 'ab', ['control-characters']],
    ['a lone surrogate is', 'a\ud83db', 'ab', ['unsupported-characters']],
    ['private use is', 'a\ue000b', 'ab', ['unsupported-characters']],
    ['non-characters are', 'a\ufffe\uffffb', 'ab', ['unsupported-characters']],
    ['overrides of direction are', `a${RIGHT_TO_LEFT_OVERRIDE}b`, 'ab', ['unsupported-characters']],
    [
      'what nobody sees is: zero-width blanks, byte order marks, tags',
      'a\u200b\ufeff\u{e0041}b',
      'ab',
      ['unsupported-characters'],
    ],
    ['joiners that scripts need stay', 'می\u200cخواهم', 'می\u200cخواهم', []],
    ['symbols of currencies and scripts stay', '12,50 € ¥ ₹ 日本 العربية हिन्दी', '12,50 € ¥ ₹ 日本 العربية हिन्दी', []],
    ['an emoji stays', 'Thanks 👍🏽 👨‍👩‍👧 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'Thanks 👍🏽 👨‍👩‍👧 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿', []],
  ])('%s', (_, given, value, changes) => {
    expect(sanitise(given, 'keep')).toEqual({ value, changes });
  });

  it.each([
    ['👍', '(thumbs up)'],
    ['👍🏽', '(thumbs up)'],
    ['❤️', '(heart)'],
    ['❤', '(heart)'],
    ['👩‍🦰', '(woman)'],
    ['🇩🇪', '(DE)'],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '(GBENG)'],
    ['1️⃣', '1'],
    ['🦩', '(emoji)'],
    ['©', '©'],
    ['📦 on its way 🚚!', '(parcel) on its way (lorry)!'],
  ])('where a channel cannot show emoji, %s becomes %s', (given, value) => {
    expect(sanitise(given, 'text').value).toBe(value);
    expect(sanitise(given, 'text').changes).toEqual(given === value ? [] : ['emoji']);
  });
});

/** Everything that is treated in a way of its own, next to everything else. */
const traps = fc.constantFrom(
  ...[
    '\n',
    '\t',
    ' ',
    '    ',
    '\u0000',
    '\ud83d',
    '\udc4d',
    '\ue000',
    '\u202e',
    '\u200d',
    '\ufe0f',
    '\u20e3',
    '\u0301',
  ],
  ...[
    '1',
    '#',
    'e',
    '👍',
    '🏽',
    '🇩',
    '🇪',
    '🏴',
    '\u{e0067}',
    '\u{e007f}',
    '❤',
    '©',
    '\u00a0',
    '\u2126',
    '\u1100',
    '\u1161',
  ],
);
const anyValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.oneof(traps, fc.string({ unit: 'binary', maxLength: 2 })), { maxLength: 20 })
    .map((parts) => parts.join('')),
);
const rule = fc.constantFrom('keep' as const, 'text' as const);

describe('sanitising', () => {
  it('is idempotent, and its result is of the allowed characters', () => {
    fc.assert(
      fc.property(anyValue, rule, (given, emoji) => {
        const { value } = sanitise(given, emoji);
        expect(sanitise(value, emoji)).toEqual({ value, changes: [] });
        expect(isAllowed(value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps what is allowed, and says when it changed something', () => {
    fc.assert(
      fc.property(anyValue, (given) => {
        const { value, changes } = sanitise(given, 'keep');
        if (isAllowed(given) && given === given.normalize('NFC')) expect(value).toBe(given);
        expect(changes.length > 0).toBe(value !== given);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps every letter, number and mark of what it was given', () => {
    const said = (text: string) => text.normalize('NFC').match(/[\p{L}\p{N}]/gu) ?? [];
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (given) =>
        expect(said(sanitise(given, 'keep').value)).toEqual(said(given)),
      ),
    );
  });

  it('leaves no emoji where they are replaced', () => {
    const emoji = new RegExp('\\p{RGI_Emoji}|\\p{Emoji_Presentation}', 'v');
    fc.assert(
      fc.property(anyValue, (given) => expect(sanitise(given, 'text').value).not.toMatch(emoji)),
      { numRuns: 2000 },
    );
  });
});
