import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KEYWORD_WORDS } from './keyword-words.ts';
import { Keywords } from './keywords.ts';

const keywords = new Keywords(KEYWORD_WORDS);
const meaning = (text: string): string | undefined => keywords.find(text)?.meaning;

const every = KEYWORD_WORDS.flatMap((list) => list.words.map((word) => ({ ...list, word })));
const aKeyword = fc.constantFrom(...every);
const around = fc
  .array(
    fc.constantFrom(
      ' ',
      '\t',
      '\n',
      '.',
      '!',
      '?',
      ',',
      '"',
      "'",
      '“',
      '”',
      '«',
      '»',
      '¡',
      '¿',
      '…',
      '*',
      '🛑',
      '👍🏽',
      '❤️',
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));
const mixedCase = (word: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((upper) => [...word].map((c, i) => (upper[i] ? c.toUpperCase() : c.toLowerCase())).join(''));
const accentsLost = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '');

describe('a message that is a keyword', () => {
  it('is one whatever its case, its accents, their encoding, and what stands around it', () => {
    const forms = [
      (text: string) => text,
      accentsLost,
      (t: string) => t.normalize('NFD'),
      (t: string) => t.normalize('NFC'),
    ];
    fc.assert(
      fc.property(
        aKeyword.chain(({ word }) => fc.record({ word: fc.constant(word), written: mixedCase(word) })),
        fc.constantFrom(...forms),
        around,
        around,
        ({ word, written }, form, before, after) => {
          expect(meaning(before + form(written) + after)).toBe(meaning(word));
        },
      ),
    );
  });

  it.each([
    ['STOP', 'opt-out'],
    ['stop', 'opt-out'],
    ['Stop.', 'opt-out'],
    ['  “STOP”  ', 'opt-out'],
    ['ＳＴＯＰ', 'opt-out'],
    ['st\u200bop', 'opt-out'],
    ['stop 🛑', 'opt-out'],
    ['StopAll', 'opt-out'],
    ['unsubscribe', 'opt-out'],
    ['Cancel!', 'opt-out'],
    ['end', 'opt-out'],
    ['quit', 'opt-out'],
    ['¡Alto!', 'opt-out'],
    ['arrêt', 'opt-out'],
    ['ARRET', 'opt-out'],
    ['désabonner', 'opt-out'],
    ['darme  de\nbaja', 'opt-out'],
    ['start', 'opt-in'],
    ['unstop', 'opt-in'],
    ['yes', 'opt-in'],
    ['Sí', 'opt-in'],
    ['help?', 'help'],
    ['Hilfe', 'help'],
  ])('%j means %s', (text, expected) => {
    expect(meaning(text)).toBe(expected);
  });

  it('says in which language, and whether it counts from somebody who is opted out alone', () => {
    expect(keywords.find('stop')).toEqual({ meaning: 'opt-out', word: 'STOP', language: 'en' });
    expect(keywords.find('oui')).toEqual({ meaning: 'opt-in', word: 'OUI', language: 'fr', onlyIfOut: true });
    expect(keywords.find('start')?.onlyIfOut).toBeUndefined();
  });

  it('opts out where one word has two meanings', () => {
    const list = [
      { language: 'en', meaning: 'help' as const, words: ['INFO'] },
      { language: 'xx', meaning: 'opt-out' as const, words: ['info'] },
    ];
    expect(new Keywords(list).find('Info')?.meaning).toBe('opt-out');
  });
});

describe('a message that only has a keyword in it', () => {
  it.each([
    'please stop by',
    'stop by',
    'stop it',
    'don’t stop',
    'STOP sending me this',
    'nonstop',
    'stop/start',
    's-t-o-p',
    'stop1',
    '1 stop',
    'the end of the month',
    'can you help me?',
    'yes please',
    'altogether',
    '',
    '🛑',
    '...',
    `${' '.repeat(80)}stop`,
  ])('is none: %j', (text) => {
    expect(meaning(text)).toBeUndefined();
  });

  it('is none with any letter or digit before or behind it', () => {
    const other = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const words = new Set(every.map(({ word }) => word.toLowerCase()));
    fc.assert(
      fc.property(
        aKeyword,
        other,
        fc.constantFrom('', ' ', ' - ', '. '),
        fc.boolean(),
        ({ word }, more, between, behind) => {
          const text = behind ? word + between + more : more + between + word;
          fc.pre(!words.has(text.toLowerCase()));
          expect(meaning(text)).toBeUndefined();
        },
      ),
    );
  });

  it('never fails, whatever is written', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => void keywords.find(text)));
  });
});

it('a word that no message can be is refused', () => {
  expect(() => new Keywords([{ language: 'en', meaning: 'help', words: ['?!'] }])).toThrow('"?!" cannot be a keyword');
});
