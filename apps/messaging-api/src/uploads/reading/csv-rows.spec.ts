import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cut, readPieces } from '../../../test/read-rows.ts';
import { CsvRows } from './csv-rows.ts';
import { ROW_CHARACTERS } from './row.ts';

const DIALECT = { separator: ',', quote: '"' };
const read = (text: string, wanted: string[] = ['a'], dialect = DIALECT) =>
  readPieces(new CsvRows(wanted, dialect), [text]);
const problems = (text: string) => read(text).problems.map(({ line, code }) => `${line} ${code}`);

const dialects = fc
  .record({
    separator: fc.constantFrom<string>(',', ';', '\t', '|', ':', ' ', "'"),
    quote: fc.constantFrom('"', "'", '`'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    isLastEnded: fc.boolean(),
  })
  .filter(({ separator, quote }) => separator !== quote);
/** Any text with whole characters; U+FFFD stands for what was none. */
const cell = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(',', ';', '"', "'", '\n', '\r', '\t', ' ', '\0'),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
  })
  .map((text) => text.replaceAll('\uFFFD', '?'));

describe('rows of a CSV file', () => {
  it('are any table of texts, whatever the separator, the quote, the line end, and where the pieces are cut', () => {
    const tables = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: width, maxLength: width }), { maxLength: 8 }),
      );
    fc.assert(
      fc.property(tables, dialects, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (table, dialect, places) => {
        const { separator, quote, lineEnd, isLastEnded } = dialect;
        const needsQuotes = (text: string) => [separator, quote, '\n', '\r'].some((one) => text.includes(one));
        const written = (text: string, isQuoted: boolean) =>
          isQuoted || needsQuotes(text) ? quote + text.replaceAll(quote, quote + quote) + quote : text;
        const width = table[0]?.length ?? 1;
        const names = Array.from({ length: width }, (_, index) => `column${index}`);
        const isAlone = width === 1;
        const lines = [names.join(separator)];
        for (const row of table) {
          lines.push(
            row.map(([text, isQuoted]) => written(text, isQuoted || (isAlone && text === ''))).join(separator),
          );
        }
        const text = lines.join(lineEnd) + (isLastEnded ? lineEnd : '');
        const { rows, problems: found } = readPieces(new CsvRows(names, dialect), cut(text, places));
        expect(found).toEqual([]);
        expect(rows.map((row) => names.map((name) => row.get(name)))).toEqual(
          table.map((row) => row.map(([one]) => one)),
        );
      }),
    );
  });

  /** What is wrong with one line; the values of rows that are right are in quotes or not, and have no line ends. */
  const BROKEN = {
    'x,"never closed': 'broken-quotes',
    '"a"b,c': 'broken-quotes',
    'a"b,c': 'broken-quotes',
    'only one': 'column-count',
    'a,b,c': 'column-count',
    '': 'empty-row',
    'x,\uFFFD': 'broken-encoding',
    [`${'x'.repeat(ROW_CHARACTERS)},y`]: 'row-too-long',
    [`"${'x'.repeat(2 * ROW_CHARACTERS)}",y`]: 'broken-quotes',
  };
  const line = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('good,row', '"quoted","row"', 'a,"with ""quotes"" inside"', '1,') },
    { weight: 1, arbitrary: fc.constantFrom(...Object.keys(BROKEN)) },
  );

  it('that are broken cost their own line alone, and are told by its number, however many there are', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 }),
        (lines, lineEnd, places) => {
          const text = ['a,b', ...lines, ''].join(lineEnd);
          const { rows, problems: found } = readPieces(new CsvRows(['a', 'b'], DIALECT), cut(text, places));
          const expected = lines.flatMap((one, index) => {
            const code = BROKEN[one as keyof typeof BROKEN];
            return code === undefined ? [] : [{ line: index + 2, code }];
          });
          expect(found.map(({ line: at, code }) => ({ line: at, code }))).toEqual(expected);
          expect(rows).toHaveLength(lines.length - expected.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('have the line on which they begin, where line ends stand in quotes', () => {
    const { rows, problems: found } = read('a,b\n"1\n2\r\n3",x\ny,z\nshort\n');
    expect(rows.map(({ line: at }) => at)).toEqual([2, 5]);
    expect(found).toEqual([{ line: 6, code: 'column-count', reason: 'has 1 column where the header has 2' }]);
  });

  it('go on behind a quote that is never closed, up to the end of the file', () => {
    expect(problems('a\n"open\nx\ny')).toEqual(['2 broken-quotes']);
    expect(read('a\n"open\nx\ny').rows).toHaveLength(2);
  });

  it('are read with memory for one of them alone, when a line never ends', () => {
    const reader = new CsvRows(['a'], DIALECT);
    const found = [...reader.push('a\n')];
    for (let i = 0; i < 200; i++) found.push(...reader.push('x'.repeat(10_000)));
    expect((reader as unknown as { text: string }).text.length).toBeLessThan(3 * ROW_CHARACTERS);
    found.push(...reader.push('\nnext\n'), ...reader.end());
    expect(found).toMatchObject([{ line: 2, code: 'row-too-long' }, { line: 3 }]);
  });
});

describe('the header of a CSV file', () => {
  it.each([
    ['is missing', '', '(body) is empty'],
    ['lacks a column', 'b,c\n', 'has no column "a"'],
    ['has a column twice', 'a,b,b\n', 'has the column "b" twice'],
    ['is separated otherwise', 'a;b\n', 'has no column "a": it seems to be separated by ";"; add ?separator=;'],
    ['is separated by tabs', 'a\tb\n', 'add ?separator=tab'],
    ['is UTF-16 that nobody has told of', 'a\0,\0b\0\n', 'is it UTF-16?'],
    ['has a broken quote', '"a\n', 'never closed'],
    ['is misspelt', 'phones,x\n', 'did you mean "phones"?', ['phone']],
  ])('is refused when it %s', (_, text, reason, wanted = ['a']) => {
    expect(() => read(text, wanted)).toThrow(reason);
  });

  it('may have columns without a name', () => {
    expect(read('a,,\n1,,\n').rows[0]!.get('a')).toBe('1');
  });
});
