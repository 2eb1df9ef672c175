import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cut, readPieces } from '../../../test/read-rows.ts';
import { NdjsonRows } from './ndjson-rows.ts';
import { ROW_CHARACTERS } from './row.ts';

const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 });
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.boolean(),
  fc.constant(null),
);
const BROKEN = {
  '': 'empty-row',
  '  ': 'empty-row',
  '{"a":1': 'broken-json',
  '[1]': 'broken-json',
  null: 'broken-json',
  '"text"': 'broken-json',
  'a,b': 'broken-json',
  '{"a":"\uFFFD"}': 'broken-encoding',
  [JSON.stringify({ a: 'x'.repeat(ROW_CHARACTERS) })]: 'row-too-long',
  [JSON.stringify({ a: 'x'.repeat(3 * ROW_CHARACTERS) })]: 'row-too-long',
};

describe('rows of an NDJSON file', () => {
  it('are objects with any values, wherever the pieces are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string({ unit: 'binary' }), value)), places, (objects, at) => {
        const texts = objects.map((one) => JSON.stringify(one)).filter((text) => !text.includes('\uFFFD'));
        const { rows, problems } = readPieces(new NdjsonRows(), cut(texts.map((text) => `${text}\n`).join(''), at));
        expect(problems).toEqual([]);
        for (const [index, text] of texts.entries()) {
          const read = JSON.parse(text) as Record<string, unknown>;
          for (const name of Object.keys(read)) expect(rows[index]!.get(name)).toEqual(read[name]);
        }
        expect(rows).toHaveLength(texts.length);
      }),
    );
  });

  it('that are broken cost their own line alone, and are told by its number', () => {
    const line = fc.oneof(
      fc.constantFrom('{"a":"1"}', '{ "a": 2, "b": {"c": []} }', '{}'),
      fc.constantFrom(...Object.keys(BROKEN)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.constantFrom('\n', '\r\n', '\r'), places, (lines, end, at) => {
        const { rows, problems } = readPieces(new NdjsonRows(), cut(lines.map((one) => one + end).join(''), at));
        const expected = lines.flatMap((one, index) => {
          const code = BROKEN[one as keyof typeof BROKEN];
          return code === undefined ? [] : [{ line: index + 1, code }];
        });
        expect(problems.map(({ line: its, code }) => ({ line: its, code }))).toEqual(expected);
        expect(rows).toHaveLength(lines.length - expected.length);
      }),
      { numRuns: 60 },
    );
  });

  it('have nothing but their own fields', () => {
    const { rows } = readPieces(new NdjsonRows(), ['{"__proto__":1,"a":2}']);
    expect([rows[0]!.get('__proto__'), rows[0]!.get('toString'), rows[0]!.get('a')]).toEqual([1, undefined, 2]);
  });
});
