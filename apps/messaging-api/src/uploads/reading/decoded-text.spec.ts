import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodedText, knownCharset } from './decoded-text.ts';

async function decoded(bytes: Uint8Array, charset: string, pieceBytes: number): Promise<string> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  let text = '';
  for await (const piece of decodedText(pieces(), charset)) text += piece;
  return text;
}

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const CODED = {
  'utf-8': (text: string) => Buffer.from(text, 'utf8'),
  'utf-16le': (text: string) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text: string) => swapped(Buffer.from(text, 'utf16le')),
};
const charsets = fc.constantFrom(...(Object.keys(CODED) as (keyof typeof CODED)[]));
const texts = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom('é', '👍', 'ÿ', '\n')),
});

describe('the text of a body', () => {
  it('survives every charset, with and without a byte order mark, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        charsets,
        charsets,
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        async (text, charset, said, hasMark, most) => {
          fc.pre(hasMark || !text.startsWith('\uFEFF'));
          const bytes = CODED[charset]((hasMark ? '\uFEFF' : '') + text);
          fc.pre(hasMark || !/^(\xFF\xFE|\xFE\xFF|\xEF\xBB\xBF)/.test(bytes.toString('latin1')));
          expect(await decoded(bytes, hasMark ? said : charset, most)).toBe(text);
        },
      ),
    );
  });

  it('survives windows-1252, which is what files called latin1 are', async () => {
    expect(await decoded(Uint8Array.of(0x80, 0xe9, 0x0a), knownCharset('latin1'), 1)).toBe('€é\n');
  });

  it('has U+FFFD for bytes that are no character', async () => {
    expect(await decoded(Buffer.from('a\xe9b', 'latin1'), 'utf-8', 2)).toBe('a\uFFFDb');
    expect(await decoded(Buffer.from('61', 'hex'), 'utf-16le', 1)).toBe('\uFFFD');
  });

  it('is empty for an empty body', async () => expect(await decoded(new Uint8Array(), 'utf-8', 1)).toBe(''));

  it('is not read in a charset that is not known', () => {
    expect(() => knownCharset('utf-7')).toThrow('names the charset "utf-7", which is not known');
  });
});
