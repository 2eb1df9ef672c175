import { badRequest } from '@heliograph/http-api';
import { readRecord, type CsvDialect } from './csv-record.ts';
import { headerOf, type Columns } from './csv-header.ts';
import { behindLineEnd, countLineEnds, nextLineEnd } from './line-ends.ts';
import {
  BROKEN_ENCODING,
  EMPTY_ROW,
  GATHERED,
  NO_CHARACTER,
  ROW_CHARACTERS,
  TOO_LONG,
  type ReadRow,
  type Row,
  type RowReader,
} from './row.ts';

/**
 * The rows of a CSV file with a header. A record that is broken costs the line it begins on: reading goes on with the next
 * line, so a quote that is never closed does not swallow the rows behind it.
 */
export class CsvRows implements RowReader {
  private text = '';
  /** Of the next record. */
  private line = 1;
  private columns: Columns | undefined;
  /** The rest of a broken line goes by. */
  private isSkipping = false;

  /** @param wanted columns that the header must have */
  constructor(
    private readonly wanted: readonly string[],
    private readonly dialect: CsvDialect,
  ) {}

  /** @throws ApiError 400 when the header cannot be used */
  push(text: string): Iterable<ReadRow> {
    this.text += text;
    return this.text.length >= GATHERED ? this.read(false) : [];
  }

  /** @throws ApiError 400 as `push`, and when nothing has come at all */
  *end(): Iterable<ReadRow> {
    yield* this.read(true);
    if (!this.columns) throw badRequest([{ field: '(body)', reason: 'is empty: it has no header' }]);
  }

  private *read(isEnd: boolean): Iterable<ReadRow> {
    const { text } = this;
    const isSuspicious = text.includes(NO_CHARACTER);
    let at = 0;
    for (;;) {
      if (this.isSkipping) {
        at = this.skip(text, at, isEnd);
        if (this.isSkipping) break;
      }
      if (at === text.length) break;
      const record = readRecord(text, at, this.dialect, { isEnd, most: ROW_CHARACTERS });
      if (!record) {
        if (text.length - at <= ROW_CHARACTERS) break;
        yield this.broken(TOO_LONG);
      } else if ('broken' in record) {
        yield this.broken({ code: 'broken-quotes', reason: `${record.broken}; this line is left out` });
      } else {
        const raw = text.slice(at, record.next);
        const row = this.rowOf(raw, record.cells, isSuspicious);
        if (row) yield row;
        this.line += countLineEnds(raw);
        at = record.next;
      }
    }
    this.text = text.slice(at);
  }

  private broken(what: { code: string; reason: string }): ReadRow {
    if (!this.columns) throw badRequest([{ field: '(header)', reason: what.reason }]);
    this.isSkipping = true;
    return { line: this.line, ...what };
  }

  /** @returns where the next line begins, or where to look on for it */
  private skip(text: string, from: number, isEnd: boolean): number {
    const found = nextLineEnd(text, from);
    const next = found === undefined ? undefined : behindLineEnd(text, found, isEnd);
    if (next === undefined) {
      this.isSkipping = !isEnd;
      return isEnd ? text.length : (found ?? text.length);
    }
    this.isSkipping = false;
    this.line++;
    return next;
  }

  /** @returns undefined for the header */
  private rowOf(raw: string, cells: readonly string[], isSuspicious: boolean): ReadRow | undefined {
    const { line, columns } = this;
    if (!columns) {
      this.columns = headerOf(raw, cells, this.wanted, this.dialect);
      return undefined;
    }
    if (cells.length === 1 && cells[0] === '' && !raw.startsWith(this.dialect.quote)) return { line, ...EMPTY_ROW };
    if (raw.length > ROW_CHARACTERS) return { line, ...TOO_LONG };
    if (isSuspicious && raw.includes(NO_CHARACTER)) return { line, ...BROKEN_ENCODING };
    if (cells.length !== columns.count) {
      const has = `has ${cells.length} ${cells.length === 1 ? 'column' : 'columns'} where the header has ${columns.count}`;
      return { line, code: 'column-count', reason: has };
    }
    return new CsvRow(line, cells, columns.places);
  }
}

class CsvRow implements Row {
  constructor(
    readonly line: number,
    private readonly cells: readonly string[],
    private readonly places: ReadonlyMap<string, number>,
  ) {}

  get(column: string): string | undefined {
    const place = this.places.get(column);
    return place === undefined ? undefined : this.cells[place];
  }
}
