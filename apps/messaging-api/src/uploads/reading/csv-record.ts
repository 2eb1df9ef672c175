import { behindLineEnd } from './line-ends.ts';

export interface CsvDialect {
  readonly separator: string;
  /** Doubled inside quotes it stands for itself. */
  readonly quote: string;
}

/** `next`: where the record behind it begins. Undefined: it may go on in what has not come yet. */
export type CsvRecord = { readonly cells: string[]; readonly next: number } | { readonly broken: string } | undefined;

const LF = 10;
const CR = 13;
const UNCLOSED = 'a quote that opens a field is never closed';

/**
 * Reads the record that begins at `start` (RFC 4180; any line end). A field is either in quotes as a whole or has none.
 *
 * @param isEnd nothing comes behind the text
 * @param most characters that a record may have: a quote that is not closed within them is broken
 */
export function readRecord(
  text: string,
  start: number,
  { separator, quote }: CsvDialect,
  { isEnd, most }: { readonly isEnd: boolean; readonly most: number },
): CsvRecord {
  const cells: string[] = [];
  const separates = separator.charCodeAt(0);
  const quotes = quote.charCodeAt(0);
  let at = start;
  for (;;) {
    if (text.charCodeAt(at) === quotes) {
      const field = quoted(text, at + 1, quote, isEnd);
      if (!field) return isEnd || text.length - start > most ? { broken: UNCLOSED } : undefined;
      if (field.end - start > most) return { broken: UNCLOSED };
      cells.push(field.value);
      at = field.end;
    } else {
      const from = at;
      for (; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code === separates || code === LF || code === CR) break;
        if (code === quotes) return { broken: 'a quote stands inside a field that is not in quotes' };
      }
      cells.push(text.slice(from, at));
    }
    if (at === text.length) return isEnd ? { cells, next: at } : undefined;
    const code = text.charCodeAt(at);
    if (code === LF || code === CR) {
      const next = behindLineEnd(text, at, isEnd);
      return next === undefined ? undefined : { cells, next };
    }
    if (code !== separates) return { broken: 'something stands between a closing quote and the end of its field' };
    at++;
  }
}

/** @param from behind the opening quote @returns undefined when the closing one has not come, or may be half of a doubled one */
function quoted(
  text: string,
  from: number,
  quote: string,
  isEnd: boolean,
): { readonly value: string; readonly end: number } | undefined {
  let value = '';
  for (let at = from; ;) {
    const found = text.indexOf(quote, at);
    if (found < 0 || (found + 1 === text.length && !isEnd)) return undefined;
    if (text[found + 1] !== quote) return { value: value + text.slice(at, found), end: found + 1 };
    value += text.slice(at, found + 1);
    at = found + 2;
  }
}
