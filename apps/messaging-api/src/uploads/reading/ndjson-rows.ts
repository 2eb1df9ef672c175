import { behindLineEnd, nextLineEnd } from './line-ends.ts';
import {
  BROKEN_ENCODING,
  EMPTY_ROW,
  GATHERED,
  NO_CHARACTER,
  ROW_CHARACTERS,
  TOO_LONG,
  type ReadRow,
  type RowReader,
} from './row.ts';

/** The rows of a file with a JSON object on every line; its fields are the columns. */
export class NdjsonRows implements RowReader {
  private text = '';
  private line = 1;
  private isSkipping = false;

  *push(text: string): Iterable<ReadRow> {
    this.text += text;
    if (this.text.length >= GATHERED) yield* this.read(false);
  }

  *end(): Iterable<ReadRow> {
    yield* this.read(true);
    if (this.text !== '' && !this.isSkipping) yield this.rowOf(this.text);
  }

  private *read(isEnd: boolean): Iterable<ReadRow> {
    let at = 0;
    for (;;) {
      const end = nextLineEnd(this.text, at);
      const next = end === undefined ? undefined : behindLineEnd(this.text, end, isEnd);
      if (next === undefined) break;
      if (!this.isSkipping) yield this.rowOf(this.text.slice(at, end));
      this.isSkipping = false;
      this.line++;
      at = next;
    }
    this.text = this.text.slice(at);
    if (this.text.length <= ROW_CHARACTERS) return;
    if (!this.isSkipping) yield { line: this.line, ...TOO_LONG };
    this.isSkipping = true;
    // A last CR may be half of a line end.
    this.text = this.text.endsWith('\r') ? '\r' : '';
  }

  private rowOf(text: string): ReadRow {
    const { line } = this;
    if (text.length > ROW_CHARACTERS) return { line, ...TOO_LONG };
    if (text.trim() === '') return { line, ...EMPTY_ROW };
    if (text.includes(NO_CHARACTER)) return { line, ...BROKEN_ENCODING };
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { line, code: 'broken-json', reason: 'is no JSON; every line holds one object' };
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { line, code: 'broken-json', reason: 'is no JSON object' };
    }
    const fields = value as Record<string, unknown>;
    return { line, get: (column) => (Object.hasOwn(fields, column) ? fields[column] : undefined) };
  }
}
