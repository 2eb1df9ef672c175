import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_TEXT, providerText } from './provider-text.ts';

const long = 'My card number is "4111" and I live\nin Example Street 12';

describe("a provider's text", () => {
  it.each<[string, string, string[], string]>([
    ['keeps what is not ours', 'text.content is too long', [long, '+15550001234'], 'text.content is too long'],
    ['hides a quotation', `cannot send <${long}>`, [long], 'cannot send <[…]>'],
    ['hides a quotation inside JSON', `got ${JSON.stringify({ content: long })}`, [long], 'got {"content":"[…]"}'],
    ['hides a quotation that was cut', `cannot send ${long.slice(0, 20)}...`, [long], 'cannot send […]...'],
    ['hides an address', 'to.id whatsapp:+15550001234 is unknown', ['15550001234'], 'to.id whatsapp:+[…] is unknown'],
    [
      'hides a short value as a word',
      'parameter Bob is bad, Bobby is not',
      ['Bob'],
      'parameter […] is bad, Bobby is not',
    ],
    ['treats a value as text, not as a pattern', 'a.c (x)', ['(x)', 'a?c', 'a-b/c'], 'a.c […]'],
    ['becomes one line', 'first\r\n\tsecond\u0000third', [], 'first second third'],
    ['may be empty', '', [long], ''],
  ])('%s', (_title, text, sent, expected) => {
    expect(providerText(text, sent)).toBe(expected);
  });

  it('is bounded', () => {
    expect(providerText('x'.repeat(100_000), [])).toHaveLength(MAX_TEXT);
  });

  it('never throws', () => {
    const any = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(fc.property(any, fc.array(any), (text, sent) => providerText(text, sent).length <= MAX_TEXT));
  });

  it('never shows a whole string of ours, wherever it stands', () => {
    const sent = fc.string({ unit: 'grapheme', minLength: 13, maxLength: 200 });
    fc.assert(
      fc.property(fc.string(), sent, fc.string(), (before, ours, after) => {
        return !providerText(`${before} ${ours} ${after}`, [ours]).includes(ours);
      }),
    );
  });
});
