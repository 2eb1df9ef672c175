import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WordList } from './word-list.ts';

const found = (entries: string[], text: string) =>
  new WordList(entries).find(text).map(({ start, end }) => text.slice(start, end));

describe('words of a list (guide 003, "Agent Behavior": content filters)', () => {
  it.each([
    ['as they are', ['darn'], 'oh darn it', ['darn']],
    ['in any case', ['darn'], 'DARN Darn dArN', ['DARN', 'Darn', 'dArN']],
    ['whatever the accents of the text', ['creme'], 'Crème, cre\u0300me', ['Crème', 'cre\u0300me']],
    ['whatever the accents of the list', ['Čačak'], 'cacak', ['cacak']],
    ['as sharp s or double s', ['STRASSE'], 'Straße', ['Straße']],
    ['with every sigma', ['ΟΔΟΣ'], 'οδος οδοσ', ['οδος', 'οδοσ']],
    ['in other forms of the same letters', ['fine'], 'ﬁne ｆｉｎｅ', ['ﬁne', 'ｆｉｎｅ']],
    ['with what is not seen inside', ['darn'], 'da\u00adrn d\u200barn', ['da\u00adrn', 'd\u200barn']],
    ['between signs and emoji', ['darn'], '😀darn!_darn_', ['darn', 'darn']],
    ['of other scripts', ['зараза'], 'Вот зараза!', ['зараза']],
    ['as phrases, with anything but words between', ['go to hell'], 'Go  to… HELL', ['Go  to… HELL']],
    ['with an apostrophe', ["don't"], 'I don’t', ['don’t']],
    ['that start alike', ['hell', 'hell fire'], 'hell fire', ['hell', 'hell fire']],
  ])('are found %s', (_, entries, text, expected) => {
    expect(found(entries, text)).toEqual(expected);
  });

  it.each([
    ['in another word', ['hell', 'ass'], 'hello class shell'],
    ['with another mark that makes another word', ['कि'], 'का'],
    ['with a word between those of a phrase', ['go to hell'], 'go to the hell'],
    ['when there is no list', [], 'anything'],
  ])('are not found %s', (_, entries, text) => {
    expect(found(entries, text)).toEqual([]);
  });

  it('are found wherever they stand, and nothing else is, for any text around them', () => {
    const other = fc.stringMatching(/^[b-y]{1,8}$/);
    const gap = fc.constantFrom(' ', ', ', '\n', '…', ' 😀 ', '-');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(other, fc.constant('zounds')), gap), { maxLength: 30 }), (words) => {
        const text = words.map(([word, after]) => word + after).join('');
        expect(found(['ZÓUNDS'], text)).toEqual(words.filter(([word]) => word === 'zounds').map(([word]) => word));
      }),
    );
  });

  it('are found in a plain text as in one with other signs around it', () => {
    const sign = fc.oneof(fc.constantFrom(...'dDaArRnN gotTo7_-\n'), fc.string({ unit: 'binary-ascii', maxLength: 1 }));
    const entry = fc.constantFrom('darn', 'DA RN', 'go to', 'a', '7', 'n t 7');
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3 }), fc.array(sign, { maxLength: 40 }), (entries, signs) => {
        const text = signs.join('');
        const list = new WordList(entries);
        const inside = list.find(`…${text}…`).map(({ start, end }) => ({ start: start - 1, end: end - 1 }));
        expect(list.find(text)).toEqual(inside);
      }),
      { numRuns: 1_000 },
    );
  });
});
